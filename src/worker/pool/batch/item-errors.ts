/**
 * The errors of a batch's items as its log and its report have them: name, message and, as long as there is room, stack,
 * own properties and causes. Host, inside a child. Bounded, since every item of ten thousand may fail.
 */
import type { ErrorRecord } from '../../../activities/error-record.js';
import type { ItemError } from '../../../core/map-batch.js';

const maxMessageChars = 1_000;
const maxStackChars = 2_000;
const maxStacks = 100;
const maxCauses = 4;
/** Of properties and causes: of one item, as JSON, and of all. */
const maxFactsChars = 8_000;
const maxAllFactsChars = 200_000;

const cut = (text: string, chars: number): string => (text.length <= chars ? text : `${text.slice(0, chars)}…`);

const shortened = ({ name, message, stack, props, cause }: ErrorRecord, depth: number): ItemError => ({
  name,
  message: cut(message, maxMessageChars),
  ...(stack === undefined ? {} : { stack: cut(stack, maxStackChars) }),
  ...(props === undefined ? {} : { props }),
  ...(cause === undefined || depth >= maxCauses ? {} : { cause: shortened(cause, depth + 1) }),
});

export class ItemErrors {
  private stacks = 0;
  private factsChars = 0;

  /** What is kept of an error that no one asked to keep whole. */
  keep(record: ErrorRecord): ItemError {
    const { props, cause, stack, ...said } = shortened(record, 0);
    const hasStack = stack !== undefined && this.stacks++ < maxStacks;
    return { ...said, ...(hasStack ? { stack } : {}), ...this.fitting({ props }), ...this.fitting({ cause }) };
  }

  private fitting<T extends object>(facts: T): Partial<T> {
    const chars = JSON.stringify(facts).length;
    if (chars <= 2 || chars > maxFactsChars || this.factsChars + chars > maxAllFactsChars) return {};
    this.factsChars += chars;
    return facts;
  }
}
