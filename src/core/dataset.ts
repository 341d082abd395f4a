/**
 * `Dataset`: a stored sequence that is read as it is iterated, never all at once. Pure; what reads and writes comes from
 * the host (`provideDatasetHost`), so that in flow code, where there is none, a dataset can be passed on and not read.
 */
import { AuthoringError } from './errors.js';
import { itemsOf } from './item-iterator.js';
import { Stored, type StoredSequenceData, storedTag } from './result-ref.js';

export type Items<T> = Iterable<T> | AsyncIterable<T>;

/** What reaches the store on behalf of datasets. */
export interface DatasetHost {
  /** Items `[start, end)` of what `data` means, a stretch at a time. */
  readSlice(data: StoredSequenceData, start: number, end: number): AsyncIterable<unknown[]>;
  /** Absent where nothing can be written, because no task runs there. */
  write?(items: Items<unknown>): Promise<StoredSequenceData>;
}

// One provider a realm, even when two copies of this package are loaded into it.
const slot = Symbol.for('perdure.dataset-host');
const holder = globalThis as { [slot]?: () => DatasetHost | undefined };

/** `provide` gives the host for whoever calls: in a child process, that of the running attempt. */
export const provideDatasetHost = (provide: () => DatasetHost | undefined): void => {
  holder[slot] = provide;
};

const noStore = (says: string): AuthoringError =>
  new AuthoringError(
    'NO_RESULT_STORE',
    `${says} In a flow, pass the dataset on to a task or map over it; its items are for task bodies.`,
  );

/** `Array.prototype.slice`'s reading of a position. */
const position = (at: number, length: number): number =>
  Math.trunc(at < 0 ? Math.max(0, length + at) : Math.min(at, length)) || 0;

/**
 * Items in the result store, in order. Iterating reads a stretch at a time; passing it on or returning it copies nothing.
 * @example for await (const row of rows) total += row.amount;
 */
export class Dataset<T> extends Stored implements AsyncIterable<T> {
  declare readonly [storedTag]: StoredSequenceData;
  readonly #host: DatasetHost | undefined;

  /** @internal Datasets come from tasks and from `Dataset.from`. */
  constructor(data: StoredSequenceData, host?: DatasetHost) {
    super(data);
    this.#host = host;
  }

  /**
   * Writes items to the store, as they come. In task bodies.
   * @throws AuthoringError NO_RESULT_STORE elsewhere
   */
  static async from<T>(items: Items<T>): Promise<Dataset<T>> {
    const host = holder[slot]?.();
    if (host?.write === undefined) throw noStore('Dataset.from() was called where no task runs.');
    return new Dataset<T>(await host.write(items), host);
  }

  get length(): number {
    const { length, range } = this[storedTag];
    return range === undefined ? length : range[1] - range[0];
  }

  /** The items from `start` up to and not with `end`, negative from the end, as for arrays. Reads nothing. */
  slice(start = 0, end = this.length): Dataset<T> {
    const data = this[storedTag];
    const offset = data.range?.[0] ?? 0;
    const from = position(start, this.length);
    const to = Math.max(from, position(end, this.length));
    return new Dataset<T>({ ...data, range: [offset + from, offset + to] }, this.#host);
  }

  /** The items, a stretch of them at a time. @throws AuthoringError NO_RESULT_STORE in flow code */
  async *chunks(): AsyncIterable<T[]> {
    const host = this.#host ?? holder[slot]?.();
    if (host === undefined) throw noStore('A dataset was read where there is no result store.');
    yield* host.readSlice(this[storedTag], 0, this.length) as AsyncIterable<T[]>;
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return itemsOf(this.chunks());
  }

  /** All the items, in memory. */
  async toArray(): Promise<T[]> {
    const items: T[] = [];
    for await (const chunk of this.chunks()) for (const item of chunk) items.push(item);
    return items;
  }
}
