/**
 * A place where bodies run, seen from the pool: a child process, a thread, or the worker itself. Host; types only.
 */
import type { Clock } from './clock.js';
import type { FromChild, ToChild } from './messages.js';

export interface PoolMember {
  send(message: ToChild): void;
  /** Asks for an attempt back that may not have started; `onReclaimed` follows if it has not. */
  reclaim(n: number): void;
  /** Ends it at once, whatever it does; `onGone` follows. */
  kill(): void;
  /** Lets it go: idle, it ends by itself, running its exit handlers. `onGone` follows. */
  dismiss(): void;
  readonly pid: number | undefined;
}

export interface MemberEvents {
  onMessage(message: FromChild): void;
  onReclaimed(n: number): void;
  /** Last event of a member. `cause` completes the sentence "the process …". */
  onGone(cause: string): void;
  /** What bodies print, on either stream. */
  onOutput(text: string): void;
}

/** What children must know to store values and to run batches. */
export interface BatchSettings {
  /** The result store's address. */
  store?: string;
  /** The module whose default export gives secrets, absolute. */
  secrets?: string;
  /** How often a batch writes down what has ended. */
  checkpointMs: number;
  /** Items of one batch in flight where the flow sets no number. */
  width: number;
  /** In this process alone. Default the system's. */
  clock?: Clock;
}

export interface MemberOptions {
  sources: readonly string[];
  /** The whole environment of a child; default this process's. */
  env?: NodeJS.ProcessEnv;
  batches?: BatchSettings;
}

export interface Isolation {
  start(options: MemberOptions, events: MemberEvents): PoolMember;
  /** Whether a body that does not yield can be ended. If not, it is left behind. */
  canKill: boolean;
}
