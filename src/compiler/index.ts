/**
 * The compiler's door: files with flows in, one bundle for Temporal's sandbox out. Host, build time. A cache hit costs
 * a few milliseconds: nothing here may load webpack, Babel or the SDK before the cache has been asked.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatDuration } from '../core/duration.js';
import { UsageError } from '../core/errors.js';
import { cacheKey, readBundle, writeBundle } from './bundle-cache.js';
import { recordInputs } from './bundle-inputs.js';
import { type SandboxParts, sandboxParts } from './sandbox-parts.js';

/** A compiled set of files. */
export interface FlowBundle {
  /** What a Worker's `workflowBundle: { code }` takes. */
  code: string;
  /** The file in the cache that holds `code`. */
  path: string;
  /** sha256 (hex) of the code without its source map: what "the same bundle" means. */
  hash: string;
  /** For each entry file the digest over what it brings into the sandbox, the same bundled alone or with others. */
  entries: { file: string; hash: string }[];
  /** The user's files (absolute) that were read, host-only ones included: what to watch. */
  dependencies: string[];
  /** Nothing was built: the inputs are those of a bundle made before. */
  fromCache: boolean;
  /** What was left out of the flow and might be missed. */
  warnings: string[];
}

export interface BundleFlowsOptions {
  /** Modules are named relative to it. */
  projectRoot: string;
  cacheDir: string;
  /** Told, in one line each, what takes time. */
  onProgress?: (line: string) => void;
  /** perdure's own code in the sandbox. Default: that of this package. */
  sandbox?: SandboxParts;
}

const require = createRequire(import.meta.url);
const ownVersion = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;

/** Files that are no part of a bundle but decide how it is made. */
const makers = (): string[] => [
  fileURLToPath(new URL('../../package.json', import.meta.url)),
  join(require.resolve('@temporalio/worker'), '../../package.json'),
];

const existingFiles = (files: readonly string[], projectRoot: string): string[] =>
  files.map((file) => {
    const path = resolve(projectRoot, file);
    try {
      readFileSync(path);
      return path;
    } catch (cause) {
      throw new UsageError('FILE_NOT_FOUND', `There is no file ${path}.`, { cause, details: { file: path } });
    }
  });

/**
 * Compiles the flows of `files`. Throws a `BundleError` that names file, line and what to do when host code would get
 * into a flow, and a `UsageError` when a file is not there.
 */
export const bundleFlows = async (files: readonly string[], options: BundleFlowsOptions): Promise<FlowBundle> => {
  const projectRoot = resolve(options.projectRoot);
  const sandbox = options.sandbox ?? sandboxParts();
  const entries = existingFiles(files, projectRoot);
  const version = ownVersion();
  const key = cacheKey([version, projectRoot, entries, sandbox]);
  const cached = readBundle(options.cacheDir, key);
  if (cached) return { ...thaw(cached), fromCache: true };

  const startedAt = Date.now();
  options.onProgress?.(`Compiling ${files.length === 1 ? files[0] : `${files.length} files`} …`);
  const { createBundle } = await import('./create-bundle.js');
  const { otherInputs, ...made } = await createBundle(entries, { projectRoot, sandbox, version });
  const otherFiles = [...otherInputs, ...makers()];
  const inputs = recordInputs({ userFiles: made.dependencies, otherFiles, projectRoot }, startedAt);
  const path = writeBundle(options.cacheDir, key, { ...made, inputs });
  options.onProgress?.(`Compiled in ${formatDuration(Date.now() - startedAt)}.`);
  return { ...thaw({ ...made, path }), fromCache: false };
};

type Thawed = Omit<FlowBundle, 'fromCache'>;

/** Copies: what a caller does with its bundle is its own affair. */
const thaw = (bundle: { [K in keyof Thawed]: Thawed[K] | Readonly<Thawed[K]> }): Thawed => ({
  code: bundle.code,
  path: bundle.path,
  hash: bundle.hash,
  entries: bundle.entries.map((entry) => ({ ...entry })),
  dependencies: [...bundle.dependencies],
  warnings: [...bundle.warnings],
});
