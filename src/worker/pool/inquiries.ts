/**
 * Questions that only a child can answer, because they need the user's functions: what follows a time-out, whether
 * parameters fit a schema. Host. A question whose child dies is asked once more of another.
 */
import { type ErrorRecord } from '../../activities/error-record.js';
import { reviveError } from '../../activities/revive-error.js';
import { AttemptFailure, type AttemptRequest, type Verdict } from '../../activities/task-host.js';
import { RunError } from '../../core/errors.js';
import type { UndeclaredParams } from '../../core/params.js';
import type { GuardKeys } from '../../core/task-guards.js';
import { judge } from './judge.js';
import type { Answer, Question } from './messages.js';
import type { Inquiry, Seat } from './seat.js';

const maxTries = 2;

/** What the answer says of the parameters of a flow. @throws RunError BAD_PARAMS */
export const undeclaredIn = (flowName: string, answer: Answer): UndeclaredParams => {
  if ('undeclared' in answer) return answer.undeclared;
  const { problem = { message: 'no answer' }, issues = [problem.message] } = 'problem' in answer ? answer : {};
  throw new RunError('BAD_PARAMS', `The parameters of the flow '${flowName}' are wrong: ${issues.join('; ')}`, {
    details: { flowName, issues },
  });
};

/** The keys that the answer gives. */
export const keysIn = (taskName: string, answer: Answer): GuardKeys => {
  if ('keys' in answer) return answer.keys;
  const record = 'problem' in answer ? answer.problem : { name: 'Error', message: 'no answer' };
  const message = `The keys of task '${taskName}' for its cache and limits could not be worked out: ${record.message}`;
  throw new AttemptFailure('failed', { ...record, message }, { retry: false });
};

export class Inquiries {
  readonly #queue: Inquiry[] = [];
  readonly #open = new Set<Inquiry>();

  /** `onAsked`: whoever can is to `send`. */
  constructor(private readonly onAsked: () => void) {}

  get waiting(): number {
    return this.#queue.length;
  }

  ask(question: Question): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      const inquiry: Inquiry = { question, resolve, reject, tries: 0 };
      this.#open.add(inquiry);
      this.#queue.push(inquiry);
      this.onAsked();
    });
  }

  /** What follows a time-out: the user's functions are asked in a child that is alive; without one, the policy's data decides. */
  async askVerdict({ taskName, policy, charged }: AttemptRequest, timeout: string): Promise<Verdict> {
    const plain = (): Promise<Verdict> =>
      judge({ error: new RunError('TASK_TIMED_OUT', timeout, { details: { taskName } }), policy, charged });
    if (!policy.hasRetryIf && !policy.hasRetryDelay) return plain();
    const asked = this.ask({ ask: 'verdict', attempt: { taskName, policy, charged }, timeout });
    return asked.then((answer) => ('verdict' in answer ? answer.verdict : plain()), plain);
  }

  send(seat: Seat, nextNumber: () => number): void {
    for (const inquiry of this.#queue.splice(0)) {
      const n = nextNumber();
      seat.inquiries.set(n, inquiry);
      seat.member.send({ kind: 'ask', n, question: inquiry.question });
    }
  }

  answered(seat: Seat, n: number, answer: Answer): void {
    const inquiry = seat.inquiries.get(n);
    if (inquiry === undefined) return;
    seat.inquiries.delete(n);
    this.#open.delete(inquiry);
    inquiry.resolve(answer);
  }

  /** Its child is gone. */
  lost(seat: Seat): void {
    for (const inquiry of seat.inquiries.values())
      if (++inquiry.tries < maxTries) this.#queue.push(inquiry);
      else this.#refuse(inquiry, new RunError('TASK_CRASHED', 'The process that was asked died over the question'));
  }

  /** No child will answer any more. */
  close(error?: ErrorRecord): void {
    this.#queue.length = 0;
    for (const inquiry of this.#open)
      this.#refuse(inquiry, error ? reviveError(error) : new RunError('CANCELLED', 'The worker shuts down'));
  }

  #refuse(inquiry: Inquiry, error: Error): void {
    this.#open.delete(inquiry);
    inquiry.reject(error);
  }
}
