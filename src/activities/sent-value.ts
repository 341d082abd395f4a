/**
 * Arguments and results on their way between the worker and its children. Host; both ends are one build. The channel
 * clones data, and what stands in for a stored value is marked by a symbol that a clone loses: a value that holds such
 * things goes as text. Nothing here reads the store.
 */
import { storedTag } from '../core/result-ref.js';
import { decodeText, encodeText, type TextFormat } from '../core/text-codec.js';
import { walkValue } from '../core/walk-value.js';

export interface SentValue {
  value: unknown;
  /** Of the text that `value` is then. */
  format?: TextFormat;
}

export const holdsStored = (value: unknown): boolean => walkValue(value, (part) => storedTag in part);

export const toSent = (value: unknown): SentValue => {
  if (typeof value !== 'object' || value === null || !holdsStored(value)) return { value };
  const { text, format } = encodeText(value);
  return { value: text, format };
};

export const fromSent = ({ value, format }: SentValue): unknown =>
  format === undefined ? value : decodeText(value as string, format);
