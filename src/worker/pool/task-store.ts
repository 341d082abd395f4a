/**
 * The result store as task bodies and batches use it. Host, inside a child: children read and write the store
 * themselves, so that the worker's process never holds a large value. Opened when the first attempt needs it.
 */
import type { CachedValue } from '../../activities/cache/cache-state.js';
import { valueOf } from '../../activities/cache/result-cache.js';
import { chunked } from '../../core/chunks.js';
import { Dataset, type DatasetHost } from '../../core/dataset.js';
import { ConfigError } from '../../core/errors.js';
import type { ItemLog } from '../../core/map-batch.js';
import { type RangeData, type Segment, Stored, type StoredBytes, storedIn } from '../../core/result-ref.js';
import type { StoredSequenceData } from '../../core/result-ref.js';
import { encodeText } from '../../core/text-codec.js';
import {
  contentHash,
  createValues,
  openResultStore,
  type Place,
  type ResultStore,
  type Values,
} from '../../results/index.js';
import { readSecret, refuseSecrets } from '../../secrets/index.js';
import { noValue, type Stretch } from './batch/batch-feed.js';

export interface TaskStore {
  readonly objects: ResultStore;
  /** `value` with what is stored in it read; as a stream, one that is a sequence or range itself is an AsyncIterable. */
  resolve(value: unknown, asStream: boolean): Promise<unknown>;
  /** Items `[from, to)` as they come. */
  stretches(data: StoredSequenceData | RangeData, from: number, to: number): AsyncIterable<Stretch>;
  /** The value when it is small, else a `Stored`. */
  keep(place: Place, value: unknown): Promise<unknown>;
  /** A `Stored` for what is stored already, or is stored as it yields; `undefined` for other values. */
  stream(place: Place, value: unknown): Promise<Stored> | undefined;
  segments(place: Place, values: BatchValues): Promise<KeptSegments>;
  /** Of the content, whatever lies in the store. */
  hash(value: unknown): Promise<string>;
  /** What stands for it in the cache. */
  cached(key: string, value: unknown): Promise<CachedValue>;
  /** A copy that is the run's own. */
  copy(place: Place, value: unknown): Promise<unknown>;
  log(place: Place, log: ItemLog): Promise<StoredBytes>;
  /** What `Dataset.from` in a body writes through. */
  datasets(place: Place): DatasetHost;
}

/** What the items of a batch gave. */
export interface BatchValues {
  items: readonly unknown[];
  /** Positions that have no value, ascending. */
  holes: readonly number[];
  /** Bytes of values that need not lie in the store. Default: `inlineLimitBytes`. */
  inlineLimit?: number | undefined;
}

export interface KeptSegments {
  segments: Segment[];
  /** Of their encoding. */
  bytes: number;
}

export const noStore = (taskName: string): ConfigError =>
  new ConfigError(
    'BAD_CONFIG',
    `The task '${taskName}' works on values of the result store, and this worker has none. Give it the \`store\` of the run.`,
    { details: { taskName } },
  );

/** Items at hand, as an AsyncIterable. */
export const streamOf = (items: readonly unknown[]): AsyncIterable<unknown> =>
  chunked(async function* () {
    if (items.length > 0) yield [...items];
  });

const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

const asStreamed = (values: Values, value: unknown): unknown => {
  const data = storedIn(value);
  if (data?.kind === 'sequence' && !data.picks?.length) return new Dataset(data, values.datasetHost());
  if (data?.kind !== 'range') return undefined;
  const length = data.range ? data.range[1] - data.range[0] : data.length;
  return chunked(() => values.readSlice(data, 0, length));
};

const writeStream = async (values: Values, place: Place, items: AsyncIterable<unknown>): Promise<Stored> => {
  const writer = await values.sequence(place, { as: 'dataset' });
  await writer.appendAll(items);
  return new Stored(await writer.finish());
};

const writeSegments = async (
  values: Values,
  place: Place,
  { items, holes, inlineLimit }: BatchValues,
): Promise<KeptSegments> => {
  const writer = await values.sequence(place, { as: 'array', ...(inlineLimit === undefined ? {} : { inlineLimit }) });
  let next = 0;
  for (let position = 0; position < items.length; position++) {
    const isHole = holes[next] === position;
    if (isHole) next += 1;
    const behind = isHole ? writer.appendHole() : writer.append(items[position]);
    if (behind !== undefined) await behind;
  }
  const segments = await writer.finishSegments();
  let bytes = writer.writtenBytes;
  for (const segment of segments) if (segment.items) bytes += Buffer.byteLength(encodeText(segment.items).text);
  return { segments, bytes };
};

const withHoles = ({ items, holes }: { items: unknown[]; holes: readonly number[] }): unknown[] => {
  for (const hole of holes) items[hole] = noValue;
  return items;
};

const open = async (url: string): Promise<TaskStore> => {
  const objects = await openResultStore(url);
  const values = createValues(objects, { secret: readSecret, check: (item) => refuseSecrets(item, 'a task') });
  return {
    objects,
    resolve: async (value, asStream) => (asStream ? asStreamed(values, value) : undefined) ?? values.resolve(value),
    stretches: async function* (data, from, to) {
      for await (const stretch of values.readStretches(data, from, to))
        yield { from: stretch.start, items: withHoles(stretch) };
    },
    keep: (place, value) => values.write(place, value),
    stream: (place, value) => {
      const data = storedIn(value);
      if (data !== undefined) return Promise.resolve(new Stored(data));
      return isAsyncIterable(value) ? writeStream(values, place, value) : undefined;
    },
    segments: (place, of) => writeSegments(values, place, of),
    hash: (value) => contentHash(value, values),
    cached: (key, value) => valueOf(values, key, value),
    copy: (place, value) => values.copy(place, value),
    log: (place, log) => values.put(place, log),
    datasets: (place) => values.datasetHost(place),
  };
};

/** Gives the store, opened once; `undefined` without a URL. */
export const lazyTaskStore = (url: string | undefined): (() => Promise<TaskStore> | undefined) => {
  let opening: Promise<TaskStore> | undefined;
  return () => (url === undefined ? undefined : (opening ??= open(url)));
};
