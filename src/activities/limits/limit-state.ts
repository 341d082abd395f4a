/**
 * Who holds how many places of one limit, and who waits since when: the document that all hosts share, and the one step
 * by which a host changes it. Host; pure. First come, first served over all of them: whoever waited longest has the next
 * place, and a host that does not come for it is passed over once its lease has run out.
 */
import { jsonObject } from '../../core/json-object.js';
import type { LimitRule } from '../../core/task-guards.js';

/** A host that does not renew is taken for dead after this long; its places are then others'. */
export const leaseMs = 20_000;
/** Waiting attempts of one host that the document names: more than that cannot have their turn at once. */
const mostWaits = 100;
/** How far ahead of its time a start may be given out, so that a high rate needs few steps. */
const aheadMs = 500;

export interface HostPart {
  held: number;
  /** Since when its attempts wait (epoch ms), ascending. */
  waits: number[];
  untilMs: number;
}

export interface LimitState {
  v: 1;
  hosts: Record<string, HostPart>;
  /** The first start that is not given out yet (epoch ms). */
  nextAtMs?: number;
}

/** What of a document can be believed. Of one that is cut short nothing is: each host enters what it holds at its next turn. */
export const parseLimit = (bytes: Uint8Array): LimitState => {
  const { hosts, nextAtMs } = (jsonObject(Buffer.from(bytes).toString()) ?? {}) as Partial<LimitState>;
  const parts = Object.entries(hosts ?? {}).filter(([, part]) => isPart(part));
  return { v: 1, hosts: Object.fromEntries(parts), ...(typeof nextAtMs === 'number' ? { nextAtMs } : {}) };
};

const isPart = (value: unknown): value is HostPart => {
  const { held, waits, untilMs } = (value ?? {}) as Partial<Record<keyof HostPart, unknown>>;
  return typeof held === 'number' && Array.isArray(waits) && typeof untilMs === 'number';
};

export interface Turn {
  host: string;
  held: number;
  waits: readonly number[];
  rule: Pick<LimitRule, 'slots' | 'perSecond'>;
  nowMs: number;
}

export interface TurnEnd {
  state: LimitState;
  /** When each granted attempt may start (epoch ms), in order of waiting. */
  startsAtMs: number[];
  /** Attempts of other hosts wait. */
  othersWait: boolean;
}

const roomIn = (hosts: LimitState['hosts'], { rule: { slots, perSecond }, nowMs }: Turn, nextAtMs: number): number => {
  const held = Object.values(hosts).reduce((sum, part) => sum + part.held, 0);
  const free = slots === undefined ? Infinity : Math.max(0, slots - held);
  if (perSecond === undefined) return free;
  // With a place in hand nobody is to wait for its time.
  const horizonMs = nowMs + (slots === undefined ? aheadMs : 0);
  const due = horizonMs < nextAtMs ? 0 : Math.floor(((horizonMs - nextAtMs) * perSecond) / 1_000) + 1;
  return Math.min(free, due);
};

/** Of the `room` next places, how many are this host's. */
const shareOf = (host: string, hosts: LimitState['hosts'], room: number): number => {
  if (room <= 0) return 0;
  const waiting = Object.entries(hosts).flatMap(([name, { waits }]) => waits.map((sinceMs) => ({ name, sinceMs })));
  if (waiting.length > room) waiting.sort((a, b) => a.sinceMs - b.sinceMs || (a.name < b.name ? -1 : 1));
  let share = 0;
  for (const { name } of waiting.slice(0, room)) if (name === host) share += 1;
  return share;
};

export const takeTurn = (before: LimitState | undefined, turn: Turn): TurnEnd => {
  const { host, held, rule, nowMs } = turn;
  const hosts: LimitState['hosts'] = {};
  for (const [name, part] of Object.entries(before?.hosts ?? {})) if (part.untilMs > nowMs) hosts[name] = part;
  const waits = turn.waits.slice(0, mostWaits);
  const untilMs = nowMs + leaseMs;
  hosts[host] = { held, waits, untilMs };
  const gapMs = 1_000 / (rule.perSecond ?? Infinity);
  let nextAtMs = Math.max(nowMs, before?.nextAtMs ?? 0);
  const startsAtMs: number[] = [];
  for (let left = shareOf(host, hosts, roomIn(hosts, turn, nextAtMs)); left > 0; left--) {
    startsAtMs.push(rule.perSecond === undefined ? nowMs : nextAtMs);
    if (rule.perSecond !== undefined) nextAtMs += gapMs;
  }
  const own = rule.slots === undefined ? 0 : held + startsAtMs.length;
  const rest = waits.slice(startsAtMs.length);
  if (own === 0 && rest.length === 0) delete hosts[host];
  else hosts[host] = { held: own, waits: rest, untilMs };
  const othersWait = Object.entries(hosts).some(([name, part]) => name !== host && part.waits.length > 0);
  return { state: { v: 1, hosts, ...(rule.perSecond === undefined ? {} : { nextAtMs }) }, startsAtMs, othersWait };
};
