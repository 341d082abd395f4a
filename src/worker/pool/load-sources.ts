/**
 * Imports the user's files and says what they declare. Host, inside a child or, with inline isolation, in the worker.
 */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FlowSummary, TaskManifest } from '../../activities/task-host.js';
import { guardsOf } from './guard-keys.js';
import { declaredFlows, declaredTasks, type FlowDefinition } from '../../authoring/definition.js';

export const isTypeScript = (file: string): boolean => /\.[mc]?tsx?$/i.test(file);

/** tsx's own way to be told which tsconfig.json counts; what the user says by it stands. */
const tsconfigVariable = 'TSX_TSCONFIG_PATH';

/** The nearest tsconfig.json above the sources, as the compiler has it; `undefined` where they have not all the same. */
const tsconfigOf = async (sources: readonly string[]): Promise<string | undefined> => {
  const { getTsconfig } = await import('get-tsconfig');
  const [tsconfig, ...others] = new Set(sources.map((source) => getTsconfig(dirname(source))?.path));
  return others.length === 0 ? tsconfig : undefined;
};

/**
 * Makes `import` and `require` read TypeScript from here on, as the tsconfig.json above the sources says: tsx by itself
 * takes the one above the working directory, and can go by one only. Costs a fifth of a second: only where it is needed.
 */
export const registerTypeScript = async (sources: readonly string[]): Promise<void> => {
  const [esm, cjs] = await Promise.all([import('tsx/esm/api'), import('tsx/cjs/api')]);
  const tsconfig = process.env[tsconfigVariable] === undefined ? await tsconfigOf(sources) : undefined;
  // The hook for `require` has it from the environment alone, which is the task bodies' as well.
  if (tsconfig !== undefined) process.env[tsconfigVariable] = tsconfig;
  cjs.register();
  esm.register();
  if (tsconfig !== undefined) delete process.env[tsconfigVariable];
};

/** Node 20 cannot have an imported `.cts` file require an ES module, as this package is; a required one can. */
const load = async (source: string): Promise<object> =>
  /\.cts$/i.test(source)
    ? (createRequire(source)(source) as object)
    : ((await import(pathToFileURL(source).href)) as object);

/** Flows that the file exports, by name; of CommonJS all is in the default export. */
const exportedFlows = (module: object): [flow: string, name: string][] => {
  const { default: whole } = module as { default?: unknown };
  const named = { ...(typeof whole === 'object' ? whole : {}), ...module } as Record<string, { flowName?: unknown }>;
  return Object.entries(named).flatMap(([name, value]) =>
    typeof value?.flowName === 'string' ? [[value.flowName, name]] : [],
  );
};

/** Evaluates the files, one after the other; rejects with what the first bad one throws. */
export const loadSources = async (sources: readonly string[]): Promise<TaskManifest> => {
  const exported = new Map<string, string>();
  for (const source of sources) for (const [flow, name] of exportedFlows(await load(source))) exported.set(flow, name);
  return {
    tasks: declaredTasks().map(({ name, policy, options }) => {
      const guards = guardsOf(options);
      return { name, policy, ...(guards && { guards }) };
    }),
    flows: declaredFlows().map((flow) => summary(flow, exported.get(flow.name))),
  };
};

const summary = ({ name, options, site }: FlowDefinition, exportedAs: string | undefined): FlowSummary => {
  const start = Object.fromEntries(
    (['retries', 'retryDelay', 'timeout', 'name', 'priority'] as const)
      .filter((option) => options[option] !== undefined)
      .map((option) => [option, options[option]]),
  );
  return {
    ...{ name, hasParams: options.params !== undefined, start },
    ...(site && { file: site.file }),
    ...(exportedAs !== undefined && { exportedAs }),
  };
};
