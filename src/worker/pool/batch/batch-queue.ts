/**
 * In which order the items of a batch start: those under suspicion first and alone, then retries that are due, then
 * the rest as they come. Host, inside a child. Positions only; knows nothing of bodies.
 */
export interface QueueStart {
  length: number;
  isFinished: (position: number) => boolean;
  /** Positions to run one after another, with nothing beside them. */
  alone: readonly number[];
  /** Positions that wait for a retry, and the time of it (epoch ms). */
  waiting: ReadonlyMap<number, number>;
  /** Epoch ms. */
  now: () => number;
}

export class BatchQueue {
  /** Whether the position taken last is further on than all that were taken in turn before it. */
  tookInTurn = false;
  private readonly retries: { position: number; atMs: number }[] = [];
  private readonly alone: number[];
  private readonly suspects: Set<number>;
  private readonly elsewhere: ReadonlySet<number>;
  private front: { position: number; inTurn: boolean } | undefined;
  private cursor = 0;

  constructor(private readonly start: QueueStart) {
    const { alone, waiting } = start;
    this.suspects = new Set(alone);
    this.alone = alone.filter((position) => !waiting.has(position));
    this.elsewhere = new Set([...alone, ...waiting.keys()]);
    for (const [position, atMs] of waiting) this.retryAt(position, atMs);
  }

  /** Whether the next one has to be alone. */
  get isAlone(): boolean {
    const due = this.retries[0];
    if (due !== undefined && this.suspects.has(due.position) && due.atMs <= this.start.now()) {
      this.retries.shift();
      this.alone.push(due.position);
    }
    return this.alone.length > 0;
  }

  /** When the next retry is due. */
  get dueAtMs(): number | undefined {
    return this.retries[0]?.atMs;
  }

  take(): number | undefined {
    if (this.front !== undefined) {
      const { position, inTurn } = this.front;
      this.front = undefined;
      this.tookInTurn = inTurn;
      return position;
    }
    this.tookInTurn = false;
    if (this.alone.length > 0) return this.alone.shift();
    const due = this.retries[0];
    if (due !== undefined && due.atMs <= this.start.now()) return this.retries.shift()!.position;
    this.tookInTurn = true;
    const { length, isFinished } = this.start;
    while (this.cursor < length && (isFinished(this.cursor) || this.elsewhere.has(this.cursor))) this.cursor += 1;
    return this.cursor < length ? this.cursor++ : undefined;
  }

  /** The next `take` gives what the last one gave. */
  putBack(position: number): void {
    this.front = { position, inTurn: this.tookInTurn };
  }

  /** It has run to an end of its own: its next start needs no care. */
  clear(position: number): void {
    this.suspects.delete(position);
  }

  retryAt(position: number, atMs: number): void {
    let at = this.retries.length;
    while (at > 0 && this.retries[at - 1]!.atMs > atMs) at -= 1;
    this.retries.splice(at, 0, { position, atMs });
  }
}
