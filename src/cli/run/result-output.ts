/** What a run gives to stdout: the value for people, or one JSON object for programs. HOST, pure. */
import type { State } from '../../core/state.js';
import { PerdureError } from '../../core/errors.js';

export interface RunOutcome {
  runId: string;
  flow: string;
  state: State;
  value?: unknown;
  error?: unknown;
}

/** JSON has no bigints, maps and sets; a shell may read them as text and lists. */
const plain = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : value instanceof Map || value instanceof Set ? [...value] : value;

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

/** The one line of `--json`. `result` is there when the run completed, `error` when it did not. */
export const jsonLine = ({ runId, flow, state, value, error }: RunOutcome): string =>
  JSON.stringify(
    { runId, flow, state, ...(error === undefined ? { result: value ?? null } : { error: errorFacts(error) }) },
    plain,
  );

/** The value as people read it. */
export const readableValue = (value: unknown): string => JSON.stringify(value, plain, 2) ?? '';
