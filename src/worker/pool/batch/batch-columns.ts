/**
 * The arguments of a batch as columns to be fed from. Host, inside a child. What lies in the store is read when its item
 * starts; only what is the same for all items is read at once.
 */
import { holdsStored } from '../../../activities/sent-value.js';
import { AuthoringError } from '../../../core/errors.js';
import { type StoredData, storedIn } from '../../../core/result-ref.js';
import { positionsIn } from '../../../core/segment-positions.js';
import { givenArgs, readArgument } from '../arguments.js';
import type { BatchContext } from './batch-attempt.js';
import type { FeedColumn } from './batch-feed.js';

type Given = Pick<BatchContext, 'attempt' | 'batch' | 'store' | 'definition'>;

const notASequence = (k: number, { definition }: Given): AuthoringError =>
  new AuthoringError('NOTHING_TO_MAP', `Argument ${k + 1} of ${definition.name}.map(…) is no stored sequence.`, {
    details: { taskName: definition.name },
  });

const itemsColumn = (items: readonly unknown[], { attempt, definition, store }: Given): FeedColumn => {
  const isStream = definition.options.stream === true;
  const mayHoldStored = attempt.sentArgs !== undefined;
  return {
    kind: 'items',
    items,
    isReady: (position) => !isStream && !(mayHoldStored && holdsStored(items[position])),
    read: (position) => readArgument(items[position], definition, store),
  };
};

/** Positions in what `data` means of items that were skipped; the segments of another batch are always at hand. */
const skippedIn = (data: StoredData): ReadonlySet<number> => {
  if (data.kind !== 'sequence' || !Array.isArray(data.segments)) return new Set();
  const from = data.range?.[0] ?? 0;
  return new Set(positionsIn(data.segments, 'skipped').map((position) => position - from));
};

export const columnsOf = (given: Given): Promise<FeedColumn[]> => {
  const { attempt, batch, store, definition } = given;
  const { inputs, start, end } = batch.spec;
  const args = givenArgs(attempt);
  return Promise.all(
    inputs.map(async (input, k): Promise<FeedColumn> => {
      if (input === 'whole') return { kind: 'whole', value: await readArgument(args[k], definition, store) };
      if (input === 'items') return itemsColumn(args[k] as unknown[], given);
      const data = storedIn(args[k]);
      if (data === undefined || data.kind === 'value') throw notASequence(k, given);
      const skipped = skippedIn(data);
      return { kind: 'slice', length: end - start, skipped, stretches: (from, to) => store.stretches(data, from, to) };
    }),
  );
};
