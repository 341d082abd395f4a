/**
 * Which child gets what, and when to start another. Host. The least loaded child first; no more than a few attempts on
 * their way to a child that has not said that it started them, so that one that computes holds little back, and that
 * little is taken back when another child could start it.
 */
import type { Entry } from './entry.js';
import type { ChildDeath } from '../../activities/task-host.js';
import { loadOf, type Seat } from './seat.js';

export interface Limits {
  size: number;
  bodiesPerChild: number;
  canKill: boolean;
}

const maxSent = 4;
/** How long an attempt may lie in a child unstarted before another child is looked for. */
const stuckAfterMs = 25;
/** How long a child may compute for nobody while work waits. */
const lostAfterMs = 5_000;

const isOpen = (seat: Seat): boolean =>
  seat.isReady && !seat.isKilled && seat.stuckSinceMs === undefined && seat.lastWords === undefined;

/** Bodies and batches have places of their own, so that neither waits until the other is through. */
const hasRoom = (seat: Seat, limits: Limits): boolean =>
  isOpen(seat) &&
  (seat.isSolo
    ? loadOf(seat) === 0
    : seat.sent.size < maxSent && loadOf(seat) - batchesIn(seat, () => 1) < limits.bodiesPerChild);

const batchesIn = (seat: Seat, weigh: (entry: Entry) => number): number => {
  let sum = 0;
  for (const { entry } of seat.sent.values()) if (entry.attempt.batch) sum += weigh(entry);
  for (const entry of seat.running.values()) if (entry.attempt.batch) sum += weigh(entry);
  return sum;
};

/** The child with the most room for a batch of this weight. */
export const seatForBatch = (entry: Entry, seats: Iterable<Seat>, limits: Limits): Seat | undefined => {
  let best: { seat: Seat; weight: number } | undefined;
  for (const seat of seats) {
    if (seat.isSolo || !isOpen(seat) || seat.sent.size >= maxSent) continue;
    const weight = batchesIn(seat, (one) => one.weight(limits.bodiesPerChild));
    const fits = weight === 0 || weight + entry.weight(limits.bodiesPerChild) <= limits.bodiesPerChild;
    if (fits && (best === undefined || weight < best.weight)) best = { seat, weight };
  }
  return best?.seat;
};

const isLighter = (a: Seat, b: Seat): boolean =>
  a.sent.size === b.sent.size ? a.running.size < b.running.size : a.sent.size < b.sent.size;

export const seatFor = (isSolo: boolean, seats: Iterable<Seat>, limits: Limits): Seat | undefined => {
  let best: Seat | undefined;
  for (const seat of seats)
    if (seat.isSolo === isSolo && hasRoom(seat, limits) && (best === undefined || isLighter(seat, best))) best = seat;
  return best;
};

/** How many more children the load wants: one for each body that could run beside the others. */
export const wantedSeats = (
  seats: Iterable<Seat>,
  demand: { isSolo: boolean; waiting: number },
  limits: Limits,
): number => {
  let count = 0;
  let load = demand.waiting;
  for (const seat of seats)
    if (seat.isSolo === demand.isSolo && !seat.isKilled) {
      count += 1;
      // One that computes for nobody serves nobody.
      load += Math.max(loadOf(seat), seat.stuckSinceMs === undefined ? 0 : 1);
    }
  return Math.max(0, Math.min(limits.size, load) - count);
};

/**
 * Whether its start can be taken for granted: the child has nothing to do. Which saves a message for each attempt of a
 * chain. Bodies that must not run twice, and batches, say when they start.
 */
export const startsAtOnce = (seat: Seat, { isSolo, attempt }: Entry): boolean =>
  loadOf(seat) === 0 && !isSolo && attempt.batch === undefined;

/** Attempts whose child may be computing something that is none of ours: each is asked after once, when it is due. */
export const quietAttempts = (
  seats: ReadonlySet<Seat>,
  nowMs: number,
  { size }: Limits,
): { seat: Seat; n: number }[] => {
  // With one child there is nobody to give them to.
  const afterMs = size > 1 ? stuckAfterMs : lostAfterMs;
  const quiet: { seat: Seat; n: number }[] = [];
  for (const seat of seats)
    for (const [n, entry] of seat.running) {
      if (entry.quietSinceMs === undefined || nowMs - entry.quietSinceMs < afterMs) continue;
      entry.quietSinceMs = undefined;
      quiet.push({ seat, n });
    }
  return quiet;
};

/** Attempts that lie in a computing child while another one could start them. Marks that child as stuck. */
export const stuckAttempts = (seats: ReadonlySet<Seat>, nowMs: number, limits: Limits): { seat: Seat; n: number }[] => {
  const stuck: { seat: Seat; n: number }[] = [];
  for (const seat of seats) {
    const oldest = seat.sent.values().next().value;
    if (seat.isSolo || oldest === undefined || nowMs - oldest.atMs < stuckAfterMs) continue;
    const other = [...seats].some((one) => one !== seat && !one.isSolo && hasRoom(one, limits) && one.sent.size === 0);
    if (!other) continue;
    seat.stuckSinceMs ??= nowMs;
    for (const n of seat.sent.keys()) stuck.push({ seat, n });
  }
  return stuck;
};

/**
 * Whether it runs nothing of ours, and for seconds has not come to what it was given: what computes there has outlived
 * its body, and may go on for ever.
 */
export const isLost = (seat: Seat, nowMs: number): boolean => {
  if (!seat.isReady || seat.isKilled || seat.running.size > 0 || seat.inquiries.size > 0) return false;
  const sinceMs = seat.stuckSinceMs ?? seat.sent.values().next().value?.atMs;
  return sinceMs !== undefined && nowMs - sinceMs > lostAfterMs;
};

export interface Fates {
  /** The process died under them and they did it, or were alone. */
  crashed: Entry[];
  /** They had been told to stop. */
  stopped: Entry[];
  /** Uncharged, run again as before. */
  again: Entry[];
  /** Uncharged, run again alone: any of them may have killed the child. */
  suspects: Entry[];
  /** Batches that ran: each goes on from its records. */
  batches: { entry: Entry; death: Omit<ChildDeath, 'cause'> }[];
}

/** What the end of its child says of a batch: what it did is found out item by item, when it goes on. */
const deathOf = (entry: Entry, seat: Seat, isCulprit: boolean): Omit<ChildDeath, 'cause'> => {
  if (entry.isSilent) return { kind: 'timedOut' };
  if (!isCulprit && (seat.isKilled || seat.lastWords?.n !== undefined)) return { kind: 'neighbour' };
  const position = isCulprit ? seat.lastWords?.position : undefined;
  return { kind: 'crash', ...(position === undefined ? {} : { position }) };
};

/** More than this many children lost under a neighbour, and an attempt gets one to itself. */
const maxShared = 1;
/** An attempt under which a child dies before it even starts, time after time, is what kills it. */
const maxUnstarted = 3;

/** What becomes of the attempts of a child that is gone. */
export const fatesOf = (seat: Seat): Fates => {
  const fates: Fates = { crashed: [], stopped: [], again: [], suspects: [], batches: [] };
  for (const { entry } of seat.sent.values()) {
    if (!seat.isKilled) entry.lostChildren += 1;
    if (entry.aborting) fates.stopped.push(entry);
    else (entry.lostChildren > maxUnstarted ? fates.crashed : fates.again).push(entry);
  }
  const culprit = seat.lastWords?.n === undefined ? undefined : seat.running.get(seat.lastWords.n);
  const isExplained = seat.isKilled || culprit !== undefined;
  for (const entry of seat.running.values()) {
    if (entry.aborting) fates.stopped.push(entry);
    else if (entry.attempt.batch) fates.batches.push({ entry, death: deathOf(entry, seat, entry === culprit) });
    else if (entry === culprit || (!isExplained && seat.running.size === 1)) fates.crashed.push(entry);
    else {
      entry.lostChildren += 1;
      if (isExplained && entry.lostChildren <= maxShared) fates.again.push(entry);
      else fates.suspects.push(entry);
    }
  }
  return fates;
};
