/**
 * The places where bodies can run, by the name of the pool's option, and what their members are told. Host.
 */
import { startInline } from './inline-member.js';
import type { Isolation, MemberOptions } from './member.js';
import { startProcess } from './process-member.js';
import type { TaskPoolOptions } from './task-pool.js';
import { startThread } from './thread-member.js';

export const isolations: Readonly<Record<TaskPoolOptions['isolation'], Isolation>> = {
  processes: { start: startProcess, canKill: true },
  threads: { start: startThread, canKill: true },
  inline: { start: startInline, canKill: false },
};

export const bodiesPerChild = 100;
const checkpointMs = 1_000;

export const memberOptions = (options: TaskPoolOptions): MemberOptions => ({
  sources: options.sources,
  ...(options.env ? { env: options.env } : {}),
  batches: {
    ...(options.store === undefined ? {} : { store: options.store }),
    ...(options.secrets === undefined ? {} : { secrets: options.secrets }),
    checkpointMs: options.checkpointMs ?? checkpointMs,
    width: options.bodiesPerChild ?? bodiesPerChild,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  },
});
