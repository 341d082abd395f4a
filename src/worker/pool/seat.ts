/**
 * A pool member and what it has been given: attempts sent, attempts running, questions. Host. Only book-keeping; what
 * follows from an event is the pool's decision.
 */
import type { Entry } from './entry.js';
import type { PoolMember } from './member.js';
import type { Answer, Question } from './messages.js';

export interface Inquiry {
  question: Question;
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
  /** Children that died over it. */
  tries: number;
}

export interface Seat {
  member: PoolMember;
  isReady: boolean;
  /** Serves only bodies that must be alone. */
  readonly isSolo: boolean;
  readonly sent: Map<number, { entry: Entry; atMs: number }>;
  readonly running: Map<number, Entry>;
  readonly inquiries: Map<number, Inquiry>;
  /** Since when it is known to hold attempts back because something in it computes; ends with its next message. */
  stuckSinceMs: number | undefined;
  /** The pool has ended it, for one of its attempts or because the pool closes. */
  isKilled: boolean;
  /** What it said at last of its end, and whose code did it. */
  lastWords: { cause: string; n?: number; position?: number } | undefined;
}

/** `start` must not report anything before it returns. */
export const createSeat = (isSolo: boolean, start: (seat: Seat) => PoolMember): Seat => {
  const seat = {
    isReady: false,
    isSolo,
    sent: new Map(),
    running: new Map(),
    inquiries: new Map(),
    stuckSinceMs: undefined,
    isKilled: false,
    lastWords: undefined,
  };
  return Object.assign(seat, { member: start(seat as unknown as Seat) });
};

export const loadOf = (seat: Seat): number => seat.sent.size + seat.running.size;

export const killSeat = (seat: Seat): void => {
  seat.isKilled = true;
  seat.member.kill();
};
