/**
 * Arguments and results on their way between the worker and its children. Host; both ends are one build. The channel
 * clones data, and loses the symbol that marks what stands in for a stored value, and what an error is: a value that holds
 * such things goes as text. Nothing here reads the store.
 */
import { PerdureError } from '../core/errors.js';
import { storedTag } from '../core/result-ref.js';
import { decodeText, encodeText, type TextFormat } from '../core/text-codec.js';
import { walkValue } from '../core/walk-value.js';

export interface SentValue {
  value: unknown;
  /** Of the text that `value` is then. */
  format?: TextFormat;
}

export const holdsStored = (value: unknown): boolean => walkValue(value, (part) => storedTag in part);
const holdsMarked = (value: unknown): boolean =>
  walkValue(value, (part) => storedTag in part || part instanceof PerdureError);

export const toSent = (value: unknown): SentValue => {
  if (typeof value !== 'object' || value === null || !holdsMarked(value)) return { value };
  const { text, format } = encodeText(value);
  return { value: text, format };
};

export const fromSent = ({ value, format }: SentValue): unknown =>
  format === undefined ? value : decodeText(value as string, format);
