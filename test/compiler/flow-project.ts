/**
 * A throw-away project on disk for the compiler's tests: real files, webpack's real resolver, and the fixture in place of
 * perdure's sandbox build.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { analyseFlows, type FlowAnalysis } from '../../src/compiler/flow-analysis.js';
import { bundleFlows, type FlowBundle } from '../../src/compiler/index.js';
import { createResolve } from '../../src/compiler/resolve-request.js';
import { createTsconfigs } from '../../src/compiler/tsconfig-paths.js';
import type { Compiler, Configuration } from '../../src/compiler/webpack-types.js';
import { BundleError } from '../../src/core/errors.js';

// `import` would read every name of it, the deprecated ones with a warning each.
const temporal = createRequire(createRequire(import.meta.url).resolve('@temporalio/worker'));
const webpack = temporal('webpack') as (options: Configuration) => Compiler;

const fixture = (path: string): string => fileURLToPath(new URL(`./fixtures/sandbox/${path}`, import.meta.url));

export const standIn = {
  dist: fixture(''),
  door: fixture('index.js'),
  entry: fixture('sandbox-entry.js'),
  interceptors: fixture('task-headers.js'),
  payloadConverter: undefined,
};

export type Files = Readonly<Record<string, string>>;

export interface FlowProject {
  readonly root: string;
  write(files: Files): void;
  remove(file: string): void;
  /** What enters the sandbox, by file name. */
  analyse(...entries: string[]): Promise<FlowAnalysis & { text: (file: string) => string | undefined }>;
  bundle(...entries: string[]): Promise<FlowBundle>;
}

const roots: string[] = [];

/** For `afterAll`. */
export const removeProjects = (): void => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
};

export const createProject = (files: Files): FlowProject => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'perdure-compiler-')));
  roots.push(root);
  const write = (more: Files): void => {
    for (const [name, text] of Object.entries(more)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
  };
  write({ 'package.json': '{ "name": "project", "type": "module" }', ...files });
  const { resolverFactory } = webpack({ context: root, resolve: { plugins: [createTsconfigs().plugin] } });
  return {
    root,
    write,
    remove: (file) => rmSync(join(root, file)),
    async analyse(...entries) {
      const analysis = await analyseFlows(
        entries.map((entry) => join(root, entry)),
        { projectRoot: root, version: '0', resolve: createResolve({ resolverFactory }) },
      );
      return { ...analysis, text: (file) => analysis.emitted.get(join(root, file))?.code };
    },
    bundle: (...entries) =>
      bundleFlows(entries, { projectRoot: root, cacheDir: join(root, '.perdure', 'bundles'), sandbox: standIn }),
  };
};

/** The error that `work` ends with; fails when it does not. */
export const bundleErrorOf = async (work: Promise<unknown>): Promise<BundleError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof BundleError)) throw error ?? new Error('expected a BundleError, and there was none');
  return error;
};

/** Evaluates a bundle as Temporal's worker does; gives the flows by name. */
export const loadBundle = (code: string): Record<string, (...args: unknown[]) => unknown> & { __tasks: object } => {
  const context = vm.createContext({ console, URL, URLSearchParams, TextEncoder, TextDecoder, AbortController });
  vm.runInContext('globalThis.__webpack_module_cache__ = {}; globalThis.AsyncLocalStorage = class {};', context);
  vm.runInContext(code, context, { filename: 'flows.js' });
  return vm.runInContext('__TEMPORAL__.importWorkflows()', context);
};
