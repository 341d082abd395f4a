/**
 * What the pool and its children say to each other. Host. Both ends are always the same build, so nothing
 * here is a wire format. `n` numbers what the pool sends: an attempt that is sent again gets another one.
 */
import type { CachedValue } from '../../activities/cache/cache-state.js';
import type { ErrorRecord } from '../../activities/error-record.js';
import type { AttemptRequest, BatchProgress, TaskManifest, Verdict } from '../../activities/task-host.js';
import type { UndeclaredParams } from '../../core/params.js';
import type { GuardKeys } from '../../core/task-guards.js';
import type { SentValue } from '../../activities/sent-value.js';

/** Why a body is told to stop. */
export type AbortWhy = 'cancelled' | 'timedOut' | 'shutdown';

/** A question that needs the user's code, asked of any child. */
export type Question =
  | { ask: 'verdict'; attempt: Pick<AttemptRequest, 'taskName' | 'policy' | 'charged'>; timeout: string }
  | { ask: 'params'; flowName: string; input: unknown }
  | { ask: 'keys'; attempt: AttemptRequest };

export type ToChild =
  /** `quiet`: its start is taken for granted, for the child has nothing else to do. */
  | { kind: 'run'; n: number; attempt: AttemptRequest; quiet: boolean }
  | { kind: 'abort'; n: number; why: AbortWhy; message: string }
  | { kind: 'ask'; n: number; question: Question }
  /** The answer to `enter`. */
  | { kind: 'entered'; n: number; position: number; hit?: CachedValue; atMs?: number; error?: ErrorRecord }
  /** To a process that is idle: end, running your exit handlers. */
  | { kind: 'leave' };

export type FromChild =
  | { kind: 'ready'; manifest: TaskManifest }
  | { kind: 'unloadable'; error: ErrorRecord }
  | { kind: 'started'; n: number }
  /** It came to an attempt that had been taken back: it computes no more. */
  | { kind: 'missed'; n: number }
  | ({ kind: 'completed'; n: number } & SentValue)
  /** `report`: of a batch that was cancelled. */
  | ({ kind: 'failed'; n: number; error: ErrorRecord; verdict: Verdict; report?: SentValue } & SimulatedAs)
  /** Of a batch, while it runs. */
  | { kind: 'progress'; n: number; progress: BatchProgress }
  /** Of a batch: an item wants to run, and has ended. */
  | { kind: 'enter'; n: number; position: number; keys: GuardKeys; notBeforeMs?: number }
  | { kind: 'left'; n: number; position: number; kept?: CachedValue }
  | { kind: 'answer'; n: number; answer: Answer }
  /** Last words: `n` is the attempt whose code did it, `position` the item of that batch, where that is known. */
  | { kind: 'dying'; n?: number; position?: number; cause: string };

/** Of an attempt that a test had end so; `position`: the item of a batch whose end it is. */
export interface SimulatedAs {
  as?: 'timedOut' | 'crashed';
  position?: number | undefined;
}

export type Answer =
  | { verdict: Verdict }
  | { keys: GuardKeys }
  | { problem: ErrorRecord; issues?: string[] }
  | { undeclared: UndeclaredParams };

/** A body may send what it likes by the same channel: that is for nobody. */
export const isFromChild = (message: unknown): message is FromChild =>
  typeof (message as { kind?: unknown } | null | undefined)?.kind === 'string';
