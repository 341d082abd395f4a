/**
 * Makes a bundle with Temporal's own bundler. Host, build time: loads webpack and the SDK, so the door imports it only
 * when the cache has nothing.
 */
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type Logger } from '@temporalio/worker';
import { analyseFlows } from './flow-analysis.js';
import { FlowPlugin } from './flow-plugin.js';
import type { SandboxParts } from './sandbox-parts.js';
import { finishBundle } from './source-map.js';
import { createTsconfigs } from './tsconfig-paths.js';
import { flowWebpackConfig } from './webpack-config.js';

export interface CreateBundleOptions {
  readonly projectRoot: string;
  readonly sandbox: SandboxParts;
  /** perdure's version: part of what a flow is. */
  readonly version: string;
}

export interface CreatedBundle {
  readonly code: string;
  readonly hash: string;
  readonly entries: readonly { file: string; hash: string }[];
  readonly dependencies: readonly string[];
  readonly warnings: readonly string[];
  /** Every other file that the bytes hang on: packages, perdure, tsconfig.json. */
  readonly otherInputs: readonly string[];
}

const silent = (): void => undefined;
/** What webpack has to say is said by `diagnose`. */
const silentLogger: Logger = { log: silent, trace: silent, debug: silent, info: silent, warn: silent, error: silent };

const entryCode = (files: readonly string[], sandbox: SandboxParts): string =>
  [
    ...files.map((file) => `require(${JSON.stringify(file)});`),
    `module.exports = require(${JSON.stringify(sandbox.entry)}).workflowExports();`,
  ].join('\n');

/** Bundles the flows of `files` (absolute). */
export const createBundle = async (files: readonly string[], options: CreateBundleOptions): Promise<CreatedBundle> => {
  const { sandbox } = options;
  const projectRoot = resolve(options.projectRoot);
  // Sorted, so that the order in which files are named does not make another bundle.
  const sorted = [...new Set(files)].sort();
  const tsconfigs = createTsconfigs();
  // Temporal wants the path of an existing file; what is read of this one is `entryCode`.
  const entry = { file: fileURLToPath(import.meta.url), code: entryCode(sorted, sandbox) };
  const folders = { projectRoot, perdureDist: sandbox.dist, entries: dirname(entry.file) };
  const plugin = new FlowPlugin({
    ...folders,
    entry,
    analyse: (resolveRequest) =>
      analyseFlows(sorted, { projectRoot, version: options.version, resolve: resolveRequest }),
  });
  const { isUserModule, isEntry } = plugin;
  const { code } = await bundleWorkflowCode({
    workflowsPath: entry.file,
    logger: silentLogger,
    workflowInterceptorModules: [sandbox.interceptors],
    ...(sandbox.payloadConverter !== undefined && { payloadConverterPath: sandbox.payloadConverter }),
    webpackConfigHook: (config) =>
      flowWebpackConfig(config, { projectRoot, sandbox, tsconfigs, plugin, isUserModule, isEntry }),
  });
  const { analysis } = plugin;
  const hashOf = new Map(analysis?.entries.map((each) => [each.file, each.hash]));
  return {
    ...finishBundle(code, folders),
    entries: files.map((file) => ({ file, hash: hashOf.get(file) ?? '' })),
    dependencies: analysis?.dependencies ?? [],
    warnings: analysis?.warnings ?? [],
    otherInputs: [...plugin.packageFiles, ...tsconfigs.files].filter((file) => file !== entry.file),
  };
};
