/**
 * Where in the user's code a declaration stands. Pure: reads the stack of a fresh error, which V8 has already mapped
 * to TypeScript lines where source maps are on. Children and the compiler load this same file again.
 */
import { AuthoringError } from '../core/errors.js';

export interface CallSite {
  /** Absolute path, or a URL the runtime uses. */
  file: string;
  /** 1-based. */
  line: number;
  /** 1-based. */
  column: number;
}

const framePattern = /^\s*at (?:.*\()?(.+?):(\d+):(\d+)\)?$/;

const pathOf = (location: string): string => {
  if (!location.startsWith('file://')) return location.replace(/\?.*$/, '');
  const path = decodeURIComponent(new URL(location).pathname);
  // file:///C:/x → C:/x
  return /^\/[A-Za-z]:\//.test(path) ? path.slice(1) : path;
};

/** The caller of `below`, or `undefined` when the runtime gives no stack. */
export const callSiteOf = (below: (...args: never[]) => unknown): CallSite | undefined => {
  const holder: { stack?: string } = {};
  Error.captureStackTrace?.(holder, below);
  for (const frame of holder.stack?.split('\n').slice(1) ?? []) {
    const match = framePattern.exec(frame);
    if (match?.[1] !== undefined) return { file: pathOf(match[1]), line: Number(match[2]), column: Number(match[3]) };
  }
  return undefined;
};

/** A call site at the start of a file that the user named by `source: import.meta.url` (or by a path). */
export const sourceSite = (source: string): CallSite => ({ file: pathOf(source), line: 1, column: 1 });

/** The checks of a declaration: what they refuse has the file and the line of it in its details. */
export const checkedAt = <T>(site: CallSite | undefined, check: () => T): T => {
  try {
    return check();
  } catch (error) {
    if (site === undefined || !(error instanceof AuthoringError)) throw error;
    const { file, line } = site;
    throw new AuthoringError(error.code, error.message, {
      cause: error.cause,
      details: { ...error.details, file, line },
    });
  }
};
