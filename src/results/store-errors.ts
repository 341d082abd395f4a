/**
 * The errors of every store, in one voice: what happened to which object, whose it is, and what to do. HOST.
 */
import type { ErrorCode } from '../core/error-codes.js';
import { ResultStoreError } from '../core/errors.js';
import { remedyFor } from '../core/path-trouble.js';
import type { StoredBytes } from '../core/result-ref.js';
import { ownerOf } from './place.js';

type At = Pick<StoredBytes, 'store' | 'key'>;

const whose = ({ key, store }: At): string => {
  const { runId, taskRunId } = ownerOf(key);
  const owner = taskRunId === undefined ? '' : ` of '${taskRunId}'`;
  return `${owner}${runId === undefined ? '' : ` in the run '${runId}'`} (${key}, store ${store})`;
};

export const storeError = (
  code: ErrorCode,
  at: At,
  options: { subject?: string; says: string; cause?: unknown; details?: Record<string, unknown> },
): ResultStoreError => {
  const { subject = 'The stored value', says, cause, details } = options;
  return new ResultStoreError(code, `${subject}${whose(at)} ${says}`, {
    ...(cause === undefined ? {} : { cause }),
    details: { store: at.store, key: at.key, ...ownerOf(at.key), ...details },
  });
};

export const missing = (at: At, cause?: unknown): ResultStoreError =>
  storeError('RESULT_MISSING', at, {
    says: 'is not there. It was deleted, or this process looks into another place than the one that wrote it.',
    cause,
  });

export const corrupt = (ref: StoredBytes, found: { bytes?: number; sha256?: string; why?: string }): ResultStoreError =>
  storeError('RESULT_CORRUPT', ref, {
    says:
      (found.why ??
        (found.bytes === undefined || found.bytes === ref.bytes
          ? 'has other bytes than were written'
          : `has ${found.bytes} bytes, and ${ref.bytes} were written`)) +
      '. It was changed outside of perdure; run the task again.',
    details: { expected: { bytes: ref.bytes, sha256: ref.sha256 }, found },
  });

export const tooLarge = (at: At, bytes: number, maxBytes: number): ResultStoreError =>
  storeError('RESULT_TOO_LARGE', at, {
    says: `has ${bytes} bytes or more, and one object at most ${maxBytes}. Give it as an array or a Dataset, which are stored in segments.`,
    details: { bytes, maxBytes },
  });

export const mismatch = (ref: StoredBytes, store: string): ResultStoreError =>
  storeError('STORE_MISMATCH', ref, {
    says: `lies in the store '${ref.store}', and this process uses '${store}'. Give every worker and client of a run the same store.`,
    details: { expected: ref.store, received: store },
  });

export const storeFailed = (at: At, what: string, cause: unknown): ResultStoreError => {
  const remedy = at.store === 'file' ? `. ${remedyFor((cause as NodeJS.ErrnoException).code)}` : '';
  return storeError('STORE_FAILED', at, {
    says: `could not be ${what}: ${cause instanceof Error ? cause.message : String(cause)}${remedy}`,
    cause,
  });
};
