/** Checks a run's parameters against the flow's schema: by the client before the start, and again in the workflow. Pure. */
import { RunError } from './errors.js';

interface Issue {
  path?: readonly PropertyKey[];
  message?: string;
}

const issuesOf = (error: unknown): Issue[] => {
  const { issues } = (error ?? {}) as { issues?: unknown };
  return Array.isArray(issues) ? (issues as Issue[]) : [];
};

/** What a schema complains of, as data and in words. */
export const complaintOf = (error: unknown): { issues: { path: string; message: string }[]; words: string } => {
  const issues = issuesOf(error).map(({ path = [], message = '' }) => ({ path: path.map(String).join('.'), message }));
  const words =
    issues.length > 0
      ? issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ')
      : String(error);
  return { issues, words };
};

/** What was given beside what a schema declares. */
export interface UndeclaredParams {
  names: string[];
  declared: string[];
}

/**
 * What an object schema drops without a word, as zod's plain objects do. Nothing where `parsed` still has it, or where
 * the schema does not say what it declares (zod's `shape`).
 */
export const undeclaredParams = (schema: object | undefined, given: unknown, parsed: unknown): UndeclaredParams => {
  const { shape } = (schema ?? {}) as { shape?: unknown };
  if (typeof shape !== 'object' || shape === null) return { names: [], declared: [] };
  const kept = new Set(Object.keys({ ...shape, ...(parsed as object) }));
  return { names: Object.keys(given as object).filter((name) => !kept.has(name)), declared: Object.keys(shape) };
};

/** The parameters after defaults and transforms. @throws RunError BAD_PARAMS with each issue and its path */
export const parseParams = (
  schema: { parse(input: unknown): unknown } | undefined,
  input: unknown,
  run: { flowName: string; runId?: string },
): unknown => {
  const given = input ?? {};
  if (schema === undefined) return given;
  try {
    return schema.parse(given);
  } catch (error) {
    const { issues, words } = complaintOf(error);
    throw new RunError('BAD_PARAMS', `The parameters of the flow '${run.flowName}' are not valid: ${words}`, {
      details: { ...run, issues },
    });
  }
};
