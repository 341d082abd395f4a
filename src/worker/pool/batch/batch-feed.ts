/**
 * The arguments of each item of a batch, read from the store as the batch comes to them. Host, inside a child. Never
 * holds more of a stored sequence than the stretch at hand.
 */

/** In place of the arguments of an item of which an input has no value, since its upstream failed. */
export const noValue = Symbol('no value');
/** In place of the arguments of an item of which an input was skipped. */
export const upstreamSkipped = Symbol('upstream skipped');
export type ItemArgs = unknown[] | typeof noValue | typeof upstreamSkipped;

/** Items from a position on; `noValue` for holes. */
export interface Stretch {
  from: number;
  items: readonly unknown[];
}

/** One argument of the map. */
export type FeedColumn =
  | { kind: 'whole'; value: unknown }
  /** `isReady` is false for an item that holds something stored, which `read` brings. */
  | {
      kind: 'items';
      items: readonly unknown[];
      isReady(position: number): boolean;
      read(position: number): Promise<unknown>;
    }
  | {
      kind: 'slice';
      stretches(from: number, to: number): AsyncIterable<Stretch>;
      length: number;
      /** Positions of items that were skipped. */
      skipped: ReadonlySet<number>;
    };

class SliceReader {
  private window: Stretch = { from: 0, items: [] };
  private reading: AsyncIterator<Stretch> | undefined;

  constructor(private readonly column: Extract<FeedColumn, { kind: 'slice' }>) {}

  has(position: number): boolean {
    const { from, items } = this.window;
    return position >= from && position < from + items.length;
  }

  at(position: number): unknown {
    return this.window.items[position - this.window.from];
  }

  /** Goes forward to `position`: what lies before it is not at hand any more. */
  async advance(position: number): Promise<void> {
    while (!this.has(position)) {
      this.reading ??= this.column.stretches(position, this.column.length)[Symbol.asyncIterator]();
      const { value, done } = (await this.reading.next()) as IteratorResult<Stretch, undefined>;
      if (done) return;
      this.window = value;
    }
  }

  /** One item from anywhere. */
  async read(position: number): Promise<unknown> {
    if (this.has(position)) return this.at(position);
    for await (const { items } of this.column.stretches(position, position + 1)) return items[0];
    return noValue;
  }
}

export class BatchFeed {
  private readonly readers: (SliceReader | undefined)[];
  private readonly hasSkipped: boolean;

  constructor(private readonly columns: readonly FeedColumn[]) {
    this.readers = columns.map((column) => (column.kind === 'slice' ? new SliceReader(column) : undefined));
    this.hasSkipped = columns.some((column) => column.kind === 'slice' && column.skipped.size > 0);
  }

  private isSkipped(position: number): boolean {
    return this.columns.some((column) => column.kind === 'slice' && column.skipped.has(position));
  }

  /** The arguments when they are at hand. */
  get(position: number): ItemArgs | undefined {
    if (this.hasSkipped && this.isSkipped(position)) return upstreamSkipped;
    const args = new Array<unknown>(this.columns.length);
    for (let k = 0; k < args.length; k++) {
      const column = this.columns[k]!;
      if (column.kind === 'whole') args[k] = column.value;
      else if (column.kind === 'items') {
        if (!column.isReady(position)) return undefined;
        args[k] = column.items[position];
      } else {
        const reader = this.readers[k]!;
        if (!reader.has(position)) return undefined;
        args[k] = reader.at(position);
        if (args[k] === noValue) return noValue;
      }
    }
    return args;
  }

  /** The arguments, from the store where need be; `inTurn`: positions before it will not be asked for again in turn. */
  async fetch(position: number, inTurn: boolean): Promise<ItemArgs> {
    const args = await Promise.all(
      this.columns.map(async (column, k) => {
        if (column.kind === 'whole') return column.value;
        if (column.kind === 'items') return column.isReady(position) ? column.items[position] : column.read(position);
        const reader = this.readers[k]!;
        if (inTurn) await reader.advance(position);
        return reader.read(position);
      }),
    );
    return args.includes(noValue) ? noValue : args;
  }
}
