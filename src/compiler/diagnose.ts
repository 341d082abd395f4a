/**
 * What webpack found wrong, said in the user's terms: a package that needs the host, a name that a module does not
 * export, a file that is not code. Host, build time. The user's own modules have been checked before: `check-items`.
 */
import type { Compilation, Module } from './webpack-types.js';
import { BundleError } from '../core/errors.js';
import { bundleErrorAt } from './bundle-error.js';
import { importChain, usedBy } from './check-items.js';
import type { FlowAnalysis } from './flow-analysis.js';
import type { Item, ModuleEdge } from './item.js';
import { fileOf, type NamedFolders, moduleName } from './module-names.js';
import type { Reached } from './reach.js';

/** A request for a module of the host, by a file of a package. */
export interface HostRequest {
  readonly request: string;
  readonly issuer: string;
}

export interface Diagnosis {
  readonly compilation: Compilation;
  readonly analysis: FlowAnalysis;
  readonly hostRequests: readonly HostRequest[];
  readonly folders: NamedFolders;
}

interface Origin {
  readonly reached: Reached;
  readonly edge: ModuleEdge;
  readonly item: Item | undefined;
  /** From the entry file to the module at fault. */
  readonly chain: string[];
}

const edgeTo = (reached: Reached, file: string): { item?: Item; edge: ModuleEdge } | undefined => {
  for (const item of reached.live)
    for (const edge of item.edge ? [item.edge, ...item.edges] : item.edges) {
      const resolution = reached.of.module.resolutions.get(edge.request);
      if (resolution && 'file' in resolution && resolution.file === file) return { item, edge };
    }
  return undefined;
};

/** The user's import that led to `module`. */
const originOf = ({ compilation, analysis, folders }: Diagnosis, module: Module): Origin | undefined => {
  const path: string[] = [];
  let child = module;
  for (let at: Module | null = module; at; at = compilation.moduleGraph.getIssuer(at) ?? null) {
    const file = fileOf(at);
    const reached = file === undefined ? undefined : analysis.reach.get(file);
    if (reached && file !== undefined) {
      const found = edgeTo(reached, fileOf(child) ?? '');
      const place = { file, line: 1, column: 1 };
      const edge = found?.edge ?? { request: '', names: [], place };
      return { reached, edge, item: found?.item, chain: [...importChain(analysis.reach, file), ...path] };
    }
    if (file !== undefined) path.unshift(moduleName(file, folders));
    child = at;
  }
  return undefined;
};

const fail = (
  origin: Origin | undefined,
  code: 'HOST_IMPORT' | 'IMPORT_NOT_FOUND',
  { culprit, why }: { culprit: string; why: string },
): BundleError => {
  if (!origin) return new BundleError(code, `The flow ${why} '${culprit}'.`, { details: { importChain: [culprit] } });
  const { reached, edge, item } = origin;
  const { name } = reached.of.module;
  if (edge.request === '')
    return bundleErrorAt(code, edge.place, {
      message: `${name} cannot be compiled: ${culprit}`,
      importChain: origin.chain,
    });
  const importChain = [...origin.chain, culprit];
  return bundleErrorAt(code, edge.place, {
    message:
      `${name}:${edge.place.line} imports '${edge.request}'${usedBy(reached, item)}, and that ${why} '${culprit}'. ` +
      `Move the code that uses '${edge.request}' into a task. Imported by way of ${importChain.join(' → ')}.`,
    importChain,
  });
};

interface Complaint {
  readonly message: string;
  readonly module?: Module | null;
}

/** `export 'x' (imported as 'y') was not found in 'z'`, said by webpack of a user's module. */
const missingExport = (diagnosis: Diagnosis, { message, module }: Complaint): BundleError | undefined => {
  const match = /^export '(.+?)'.* was not found in '(.+?)'/.exec(message);
  const reached = module && diagnosis.analysis.reach.get(fileOf(module) ?? '');
  if (!match?.[1] || !match[2] || !reached) return undefined;
  const [, name, request] = match as unknown as [string, string, string];
  const items = [...reached.live].filter((item) => item.edge?.request === request);
  const item = items.find((each) => each.edge?.names.includes(name.split("'.'")[0] ?? name)) ?? items[0];
  const place = item?.place ?? { file: reached.of.module.file, line: 1, column: 1 };
  return bundleErrorAt('IMPORT_NOT_FOUND', place, {
    message: `${reached.of.module.name}:${place.line} imports \`${name}\` from '${request}'${usedBy(reached, item)}, which does not export it.`,
    importChain: [...importChain(diagnosis.analysis.reach, reached.of.module.file), request],
  });
};

/** A `.js` file with `import` in a package that says of itself that its files are CommonJS. */
const moduleSyntaxInCommonJs = (diagnosis: Diagnosis, { message, module }: Complaint): BundleError | undefined => {
  const file = fileOf(module);
  if (file === undefined || !message.includes("may appear only with 'sourceType: module'")) return undefined;
  const line = Number(/\((\d+):\d+\)/.exec(message)?.[1] ?? 1);
  const name = moduleName(file, diagnosis.folders);
  return bundleErrorAt(
    'SYNTAX_ERROR',
    { file, line, column: 1 },
    {
      message:
        `${name}:${line} has \`import\` or \`export\`, but the package.json beside it says "type": "commonjs", which makes its .js files CommonJS. ` +
        `Say "type": "module" there, or name the file ${name.replace(/\.(jsx?)$/, '.m$1')} (in TypeScript: .mts).`,
    },
  );
};

/** Throws the `BundleError` for the first thing that is wrong with what webpack has put together. */
export const diagnose = (diagnosis: Diagnosis): void => {
  const { compilation, hostRequests } = diagnosis;
  const moduleOf = new Map([...compilation.modules].map((module) => [fileOf(module), module]));
  for (const { request, issuer } of hostRequests) {
    const module = moduleOf.get(issuer);
    if (module) throw fail(originOf(diagnosis, module), 'HOST_IMPORT', { culprit: request, why: 'needs' });
  }
  const errors = compilation.errors as unknown as Complaint[];
  for (const { message, module } of errors) {
    const notFound = /(?:Can't resolve '|Error: ")(.+?)(?:'|" is not exported)/.exec(message)?.[1];
    const origin = module ? originOf(diagnosis, module) : undefined;
    if (notFound !== undefined)
      throw fail(origin, 'IMPORT_NOT_FOUND', { culprit: notFound, why: 'needs the missing module' });
  }
  for (const complaint of [...errors, ...(compilation.warnings as unknown as Complaint[])]) {
    const missing = missingExport(diagnosis, complaint);
    if (missing) throw missing;
  }
  for (const complaint of errors) {
    const { message, module } = complaint;
    const isCommonJs = moduleSyntaxInCommonJs(diagnosis, complaint);
    if (isCommonJs) throw isCommonJs;
    const reason = message.split('\n').find((line) => line.trim() !== '') ?? message;
    throw fail(module ? originOf(diagnosis, module) : undefined, 'HOST_IMPORT', {
      culprit: reason,
      why: 'cannot be part of a flow:',
    });
  }
};
