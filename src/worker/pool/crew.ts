/**
 * The children of a pool: starts them, knows who is ready, and notices when none can load the user's files. Host.
 * Boots one at first, which gives the manifest; the others when the load asks for them.
 */
import { type ErrorRecord, recordError } from '../../activities/error-record.js';
import { reviveError } from '../../activities/revive-error.js';
import type { TaskManifest } from '../../activities/task-host.js';
import { RunError } from '../../core/errors.js';
import type { Isolation, MemberOptions } from './member.js';
import type { FromChild } from './messages.js';
import { createSeat, killSeat, type Seat } from './seat.js';

/** What the pool can tell of itself. */
export type PoolEvent =
  | { kind: 'booted'; pid: number | undefined; ms: number }
  | { kind: 'gone'; pid: number | undefined; cause: string }
  | { kind: 'rerun'; taskName: string; taskRunId: string | undefined; cause: string }
  /** Printed by the user's code, on stdout or stderr. Without `onEvent` it goes to this process's stderr. */
  | { kind: 'output'; text: string };

export const printOutput = (event: PoolEvent): void => {
  if (event.kind === 'output') process.stderr.write(event.text);
};

export interface CrewOptions {
  isolation: Isolation;
  member: MemberOptions;
  onEvent: (event: PoolEvent) => void;
  onReady(seat: Seat): void;
  onMessage(seat: Seat, message: FromChild): void;
  onReclaimed(seat: Seat, n: number): void;
  onGone(seat: Seat, cause: string): void;
  /** A child could not load the files, and there is no other child. */
  onUnloadable(error: ErrorRecord): void;
}

/** After a failed boot, while other children still work. */
const pauseAfterFailureMs = 5_000;

export class Crew {
  readonly seats = new Set<Seat>();
  readonly ready: Promise<TaskManifest>;
  /** The error of the first boot, when no child ever loaded the files. */
  unloadable: ErrorRecord | undefined;

  #resolveReady!: (manifest: TaskManifest) => void;
  #rejectReady!: (error: Error) => void;
  #wasReady = false;
  #failedAtMs = -Infinity;
  #onEmpty: (() => void)[] = [];

  constructor(private readonly options: CrewOptions) {
    this.ready = new Promise((resolve, reject) => {
      this.#resolveReady = resolve;
      this.#rejectReady = reject;
    });
    // Whoever needs the manifest sees the rejection; a pool that nobody asks must not end the process.
    this.ready.catch(() => undefined);
  }

  boot(isSolo: boolean): void {
    const bootedAtMs = performance.now();
    if (this.seats.size > 0 && bootedAtMs - this.#failedAtMs < pauseAfterFailureMs) return;
    const { isolation, member, onEvent } = this.options;
    const seat = createSeat(isSolo, (self) =>
      isolation.start(member, {
        onMessage: (message) => {
          self.stuckSinceMs = undefined;
          if (message.kind === 'ready') {
            onEvent({ kind: 'booted', pid: self.member.pid, ms: performance.now() - bootedAtMs });
            this.#becomeReady(self, message.manifest);
          } else if (message.kind === 'unloadable') this.#fail(self, message.error);
          else if (message.kind === 'dying') self.lastWords = message;
          else this.options.onMessage(self, message);
        },
        onReclaimed: (n) => this.options.onReclaimed(self, n),
        onGone: (cause) => this.#leave(self, self.lastWords?.cause ?? cause),
        onOutput: (text) => onEvent({ kind: 'output', text }),
      }),
    );
    this.seats.add(seat);
  }

  /** Resolves when all children are gone. */
  empty(): Promise<void> {
    return this.seats.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#onEmpty.push(resolve));
  }

  #becomeReady(seat: Seat, manifest: TaskManifest): void {
    seat.isReady = true;
    this.#wasReady = true;
    this.#resolveReady(manifest);
    this.options.onReady(seat);
  }

  #fail(seat: Seat, error: ErrorRecord): void {
    this.#failedAtMs = performance.now();
    this.seats.delete(seat);
    killSeat(seat);
    if (!this.#wasReady) this.unloadable = error;
    this.#rejectReady(reviveError(error));
    if (this.seats.size === 0) this.options.onUnloadable(error);
    this.#tellEmpty();
  }

  #leave(seat: Seat, cause: string): void {
    if (!this.seats.has(seat)) return;
    this.options.onEvent({ kind: 'gone', pid: seat.member.pid, cause });
    if (!seat.isReady && !seat.isKilled) {
      const message = `The process that loads ${this.options.member.sources.join(', ')} ${cause}`;
      this.#fail(seat, recordError(new RunError('TASK_CRASHED', message, { details: { cause } })));
      return;
    }
    this.seats.delete(seat);
    this.options.onGone(seat, cause);
    this.#tellEmpty();
  }

  #tellEmpty(): void {
    if (this.seats.size === 0) for (const resolve of this.#onEmpty.splice(0)) resolve();
  }
}
