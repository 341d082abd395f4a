/**
 * What follows when an attempt fails because of the result store, not because of its body. Host.
 */
import type { AttemptRequest, Verdict } from './task-host.js';
import type { ResultStoreError } from '../core/errors.js';

/** A store that cannot be reached or written may come back; whatever the task's `retries`, this often is waited for it. */
const maxRetries = 5;

/** What is missing, corrupt, too large or elsewhere stays so. */
export const judgeStoreError = ({ code }: ResultStoreError, { charged, policy }: AttemptRequest): Verdict =>
  code === 'STORE_FAILED' && charged < Math.max(maxRetries, policy.retries)
    ? { retry: true, delayMs: 1_000 * 2 ** Math.min(charged, 5) }
    : { retry: false };
