/**
 * What follows from an attempt that gave no value: another one or not, after which delay, what is charged, and what the
 * flow is told. Host; knows no Temporal: this is where attempts mean the same on every runtime.
 */
import type { ErrorCode } from '../core/error-codes.js';
import type { FailureDetail } from '../core/protocol.js';
import { crashReruns } from '../core/task-policy.js';
import type { ErrorRecord } from './error-record.js';
import type { AttemptFailure, AttemptRequest } from './task-host.js';

/** What came before the attempt, as far as it decides what comes after. */
export interface AttemptsBefore {
  /** Failures and time-outs of the body. */
  charged: number;
  /** Attempts that were lost with their process or their worker. */
  lost: number;
}

export interface EndedAttempt {
  code: ErrorCode;
  record: ErrorRecord;
  attempt: AttemptRequest;
  /** Charged failures, this one included. */
  charged: number;
  retry: boolean;
  /** Before the next attempt; left out, the runtime's own interval counts (1 s). */
  delayMs?: number | undefined;
  note?: string | undefined;
  details?: Record<string, unknown>;
}

/** The end of an attempt that failed, timed out, or lost its process; nothing for one that was told to stop. */
export const endOf = (
  { kind, record, verdict }: AttemptFailure,
  attempt: AttemptRequest,
  before: AttemptsBefore,
): EndedAttempt | undefined => {
  if (kind === 'failed' || kind === 'timedOut') {
    const code = kind === 'timedOut' ? 'TASK_TIMED_OUT' : verdict.isSkip ? 'TASK_SKIPPED' : 'TASK_FAILED';
    const { retry, delayMs, note } = verdict;
    return { code, record, attempt, charged: before.charged + 1, retry, delayMs, note };
  }
  if (kind !== 'crashed') return undefined;
  const mayRerun = attempt.policy.onCrash === 'rerun' || attempt.batch !== undefined;
  const retry = mayRerun && before.lost < crashReruns(attempt.policy);
  return { code: 'TASK_CRASHED', record, attempt, charged: before.charged, retry };
};

export const messageOf = ({ record, note }: EndedAttempt): string =>
  note === undefined ? record.message : `${record.message} (not retried: ${note})`;

/** What the flow needs to make a `RunError` of it. */
export const detailOf = ({ code, record, attempt, charged, details }: EndedAttempt): FailureDetail => {
  const { run, taskName } = attempt;
  return {
    perdure: 1,
    errorClass: 'RunError',
    code,
    details: {
      taskName,
      taskRunId: run.taskRunId,
      ...(run.mapIndex === undefined ? {} : { mapIndex: run.mapIndex }),
      attempt: run.attempt,
      charged,
      runId: run.runId,
      flowName: run.flowName,
      userError: { name: record.name, ...(record.props ? { props: record.props } : {}) },
      ...details,
    },
  };
};
