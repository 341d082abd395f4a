/**
 * Attempts that no child has yet, in three queues: for any child, for one of their own, and batches, which take up a
 * child's places by the hundred and must not keep single bodies waiting. Host.
 */
import type { Entry } from './entry.js';

export class Waiting {
  readonly shared: Entry[] = [];
  readonly solo: Entry[] = [];
  readonly batches: Entry[] = [];

  add(entry: Entry): void {
    this.queueOf(entry).push(entry);
  }

  /** Before the others: it has waited already. */
  addFirst(entry: Entry): void {
    this.queueOf(entry).unshift(entry);
  }

  /** `false` when it does not wait. */
  remove(entry: Entry): boolean {
    const queue = this.queueOf(entry);
    const at = queue.indexOf(entry);
    if (at >= 0) queue.splice(at, 1);
    return at >= 0;
  }

  /** All, which wait no more. */
  drain(): Entry[] {
    return [...this.shared.splice(0), ...this.batches.splice(0), ...this.solo.splice(0)];
  }

  private queueOf(entry: Entry): Entry[] {
    if (entry.isSolo) return this.solo;
    return entry.attempt.batch ? this.batches : this.shared;
  }
}
