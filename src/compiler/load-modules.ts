/**
 * Reads the user's modules that the entry files lead to, before anything is removed, and finds out where each of their
 * imports leads. Host, build time. Packages are not read, except those that make tasks or flows themselves.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, extname, sep } from 'node:path';
import type { BundleError } from '../core/errors.js';
import { projectPath } from './bundle-error.js';
import { isHostModule, isSandboxBuiltin } from './host-modules.js';
import { codeExtensions } from './parse.js';
import { readUserModule, type Resolution, type UserModule } from './user-module.js';

/** What webpack's resolver says of a request. */
export interface ResolvedFile {
  readonly file: string;
  /** The package.json that rules over the file. */
  readonly manifest?: { readonly name?: string; readonly version?: string; readonly usesPerdure: boolean };
}

export type ResolveRequest = (from: string, request: string) => Promise<ResolvedFile | undefined>;

export interface LoadedModules {
  readonly modules: ReadonlyMap<string, UserModule>;
  /** Modules that do not parse. No matter until a flow needs one. */
  readonly failures: ReadonlyMap<string, BundleError>;
}

const isInPackage = (file: string): boolean => file.includes(`${sep}node_modules${sep}`);

/** Whether the compiler reads `file` as the user's own. */
const isUserCode = ({ file, manifest }: ResolvedFile): boolean =>
  codeExtensions.includes(extname(file)) && (!isInPackage(file) || manifest?.usesPerdure === true);

const resolutionOf = async (from: string, request: string, resolve: ResolveRequest): Promise<Resolution> => {
  if (request === 'perdure') return { kind: 'perdure' };
  if (request.startsWith('perdure/')) return { kind: 'perdure-subpath' };
  if (isHostModule(request)) return { kind: 'host' };
  if (isSandboxBuiltin(request)) return { kind: 'package', file: request, version: 'sandbox' };
  const resolved = await resolve(from, request);
  if (!resolved) return { kind: 'missing' };
  const { file, manifest } = resolved;
  if (isUserCode(resolved)) return { kind: 'user', file };
  if (isInPackage(file)) return { kind: 'package', file, version: `${manifest?.name}@${manifest?.version}` };
  if (extname(file) !== '.json') return { kind: 'asset' };
  return {
    kind: 'package',
    file,
    version: createHash('sha256')
      .update(await readFile(file))
      .digest('hex'),
  };
};

/** Everything that `entries` (absolute) lead to over the user's own files. */
export const loadModules = async (
  entries: readonly string[],
  options: { projectRoot: string; resolve: ResolveRequest },
): Promise<LoadedModules> => {
  const modules = new Map<string, UserModule>();
  const failures = new Map<string, BundleError>();
  const queue = [...entries];
  const seen = new Set(queue);
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    const name = projectPath(options.projectRoot, file);
    const code = (await readFile(file, 'utf8')).replace(/^\uFEFF/, '').replace(/^#!.*/, '');
    let module: UserModule;
    try {
      module = readUserModule(file, name, code);
    } catch (error) {
      // `readUserModule` throws nothing else.
      failures.set(file, error as BundleError);
      continue;
    }
    modules.set(file, module);
    const folder = dirname(file);
    const resolutions = await Promise.all(
      module.requests.map(async (request) => [request, await resolutionOf(folder, request, options.resolve)] as const),
    );
    for (const [request, resolution] of resolutions) {
      module.resolutions.set(request, resolution);
      if (resolution.kind !== 'user' || seen.has(resolution.file)) continue;
      seen.add(resolution.file);
      queue.push(resolution.file);
    }
  }
  return { modules, failures };
};
