/**
 * What the pool and its children say to each other. Host; types only. Both ends are always the same build, so nothing
 * here is a wire format. `n` numbers what the pool sends: an attempt that is sent again gets another one.
 */
import type { ErrorRecord } from '../../activities/error-record.js';
import type { AttemptRequest, BatchProgress, TaskManifest, Verdict } from '../../activities/task-host.js';
import type { SentValue } from '../../activities/sent-value.js';

/** Why a body is told to stop. */
export type AbortWhy = 'cancelled' | 'timedOut' | 'shutdown';

/** A question that needs the user's code, asked of any child. */
export type Question =
  | { ask: 'verdict'; attempt: Pick<AttemptRequest, 'taskName' | 'policy' | 'charged'>; timeout: string }
  | { ask: 'params'; flowName: string; input: unknown };

export type ToChild =
  /** `quiet`: its start is taken for granted, for the child has nothing else to do. */
  | { kind: 'run'; n: number; attempt: AttemptRequest; quiet?: true }
  | { kind: 'abort'; n: number; why: AbortWhy; message: string }
  | { kind: 'ask'; n: number; question: Question }
  /** To a process that is idle: end, running your exit handlers. */
  | { kind: 'leave' };

export type FromChild =
  | { kind: 'ready'; manifest: TaskManifest }
  | { kind: 'unloadable'; error: ErrorRecord }
  | { kind: 'started'; n: number }
  | ({ kind: 'completed'; n: number } & SentValue)
  /** `report`: of a batch that was cancelled. */
  | { kind: 'failed'; n: number; error: ErrorRecord; verdict: Verdict; report?: SentValue }
  /** Of a batch, while it runs. */
  | { kind: 'progress'; n: number; progress: BatchProgress }
  | { kind: 'answer'; n: number; answer: Answer }
  /** Last words: `n` is the attempt whose code did it, `position` the item of that batch, where that is known. */
  | { kind: 'dying'; n?: number; position?: number; cause: string };

export type Answer = { verdict: Verdict } | { problem: ErrorRecord; issues?: string[] } | { fine: true };
