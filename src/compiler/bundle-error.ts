/**
 * The words of a `BundleError` that a place in the user's code causes. Host, build time.
 */
import { relative, sep } from 'node:path';
import type { ErrorCode } from '../core/error-codes.js';
import { BundleError } from '../core/errors.js';

export interface Place {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

/** The place a Babel node starts at. */
export const placeOf = (
  file: string,
  node: { loc?: { start: { line: number; column: number } } | null | undefined },
): Place => ({ file, line: node.loc?.start.line ?? 1, column: (node.loc?.start.column ?? 0) + 1 });

/** `file` from the project's folder, `/`-separated: how errors, maps and modules name it on every platform. */
export const projectPath = (projectRoot: string, file: string): string =>
  relative(projectRoot, file).split(sep).join('/') || file;

/** A `BundleError` for a place in the user's code. `importChain` leads from the entry file to what is wrong. */
export const bundleErrorAt = (
  code: ErrorCode,
  { file, line, column }: Place,
  said: { readonly message: string; readonly importChain?: readonly string[] },
): BundleError => {
  const { message, importChain } = said;
  return new BundleError(code, message, { details: { file, line, column, ...(importChain && { importChain }) } });
};
