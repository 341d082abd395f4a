/** What a run gives to stdout: the value for people, or one JSON object for programs. HOST, pure. */
import type { State } from '../../core/state.js';
import { PerdureError } from '../../core/errors.js';
import { plain } from '../error-json.js';

export interface RunOutcome {
  runId: string;
  flow: string;
  state: State;
  value?: unknown;
  error?: unknown;
  /** It has not ended: it was left standing, or waiting. */
  isUnfinished?: boolean;
  /** Why it cannot go on. */
  parked?: string | undefined;
}

const causeOf = (error: PerdureError): { name: string; message: string } | undefined => {
  let one: unknown = error;
  while (one instanceof PerdureError) one = one.cause;
  return one instanceof Error ? { name: one.name, message: one.message } : undefined;
};

const errorFacts = (error: unknown): Record<string, unknown> => {
  if (!(error instanceof PerdureError)) return { message: error instanceof Error ? error.message : String(error) };
  const { taskName: task, mapIndex, attempt } = error.details;
  return { code: error.code, message: error.message, task, mapIndex, attempt, cause: causeOf(error) };
};

const outcomeFacts = ({ runId, flow, state, value, error, isUnfinished, parked }: RunOutcome): object => ({
  ...{ runId, flow, state },
  ...(isUnfinished ? { parked } : error === undefined ? { result: value ?? null } : { error: errorFacts(error) }),
});

/** The one line of `--json`. `result` is there when the run completed, `error` when it ended otherwise. */
export const jsonLine = (outcome: RunOutcome): string => JSON.stringify(outcomeFacts(outcome), plain);

/** The same for the runs that were resumed: one as itself, any other number as a list. */
export const jsonLineOf = (outcomes: readonly RunOutcome[]): string => {
  const [only] = outcomes;
  return only !== undefined && outcomes.length === 1
    ? jsonLine(only)
    : JSON.stringify({ runs: outcomes.map(outcomeFacts) }, plain);
};

/** The value as people read it. */
export const readableValue = (value: unknown): string => JSON.stringify(value, plain, 2) ?? '';
