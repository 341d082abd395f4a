/**
 * Asks webpack's own resolver where an import leads, so that the analysis and the bundle cannot disagree. Host, build time.
 */
import type { Compiler } from './webpack-types.js';
import { fileOfResource } from './module-names.js';
import type { ResolvedFile, ResolveRequest } from './load-modules.js';

/** How user files name each other: TypeScript's `.js` for `.ts`, and no extension at all. */
export const userResolve = {
  extensions: ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.json'],
  extensionAlias: {
    '.js': ['.ts', '.tsx', '.js', '.jsx'],
    '.jsx': ['.tsx', '.jsx'],
    '.mjs': ['.mts', '.mjs'],
    '.cjs': ['.cts', '.cjs'],
  },
  fullySpecified: false,
};

interface Manifest {
  name?: string;
  version?: string;
  dependencies?: object;
  peerDependencies?: object;
}

const usesPerdure = ({ dependencies, peerDependencies }: Manifest): boolean =>
  'perdure' in { ...dependencies, ...peerDependencies };

/** Resolves what the user's files import, exactly as webpack will when it bundles them. */
export const createResolve = (compiler: Pick<Compiler, 'resolverFactory'>): ResolveRequest => {
  const resolver = compiler.resolverFactory.get('normal', { dependencyType: 'esm', ...userResolve });
  return (from, request) =>
    new Promise<ResolvedFile | undefined>((settle) => {
      resolver.resolve({ issuer: `${from}/perdure-issuer.ts` }, from, request, {}, (error, path, result) => {
        if (error || !path) return settle(undefined);
        // A query (`./x.js?raw`) is for other bundlers' loaders.
        const file = fileOfResource(path);
        const data = (result as { descriptionFileData?: Manifest } | undefined)?.descriptionFileData;
        settle(data ? { file, manifest: { ...data, usesPerdure: usesPerdure(data) } } : { file });
      });
    });
};
