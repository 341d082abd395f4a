/**
 * What reaches a run from outside, on Temporal: any signal without a handler of its own, one update with a validator, and
 * timers. SANDBOX. Setting the handlers leaves nothing in a history.
 */
import {
  CancellationScope,
  defineUpdate,
  setDefaultSignalHandler,
  setHandler,
  sleep as temporalSleep,
} from '@temporalio/workflow';
import type { Inbound, Timer } from '../authoring/engine/engine-port.js';
import { type Answer, inboundName, type SignalNote } from '../core/protocol.js';
import { toFlowFailure } from './failures.js';

const answerUpdate = defineUpdate<string, [Answer]>(inboundName.answer);

/** An error that is not Temporal's would fail the workflow task, again and again. */
const asFailure = <T>(work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw toFlowFailure(error);
  }
};

const idOf = (note: unknown): string | undefined => {
  const id = (note as Partial<SignalNote> | null | undefined)?.id;
  return typeof id === 'string' ? id : undefined;
};

export const listen = (inbound: Inbound): void => {
  setHandler(answerUpdate, (answer) => asFailure(() => inbound.answer(answer)), {
    validator: (answer: Answer) => asFailure(() => inbound.check(answer)),
  });
  setDefaultSignalHandler((name, ...[value, note]) => inbound.signal(name, value, idOf(note)));
};

/** Longer than a run can be kept: Temporal takes no more. */
const longestMs = 100 * 365 * 24 * 3_600_000;

export const timer = (ms: number, title: string): Timer => {
  const scope = new CancellationScope();
  const result = scope.run(() => temporalSleep(Math.min(Math.max(1, ms), longestMs), { summary: title }));
  return { result, at: Date.now() + ms, cancel: () => scope.cancel() };
};
