/**
 * Lets webpack's resolver follow `paths` and `baseUrl` of the tsconfig.json that rules over the importing file, and
 * tells which of its settings change what code means. Host, build time.
 */
import { dirname, sep } from 'node:path';
import { createPathsMatcher, getTsconfig, type TsConfigResult } from 'get-tsconfig';
import { fileOfResource } from './module-names.js';
import type { Resolver } from './webpack-types.js';

type Matcher = ReturnType<typeof createPathsMatcher>;

export interface Tsconfigs {
  /** Of the nearest tsconfig.json above `file`. */
  of(file: string): TsConfigResult | undefined;
  /** Every tsconfig.json that has been read. */
  readonly files: Set<string>;
  /** A plugin for `resolve.plugins`. */
  readonly plugin: { apply(resolver: Resolver): void };
}

/** Reads each folder's tsconfig.json once. */
export const createTsconfigs = (): Tsconfigs => {
  const cache = new Map<string, unknown>();
  const matchers = new Map<string, Matcher>();
  const files = new Set<string>();
  const of = (file: string): TsConfigResult | undefined => {
    const found = getTsconfig(dirname(file), 'tsconfig.json', cache) ?? undefined;
    if (found) files.add(found.path);
    return found;
  };
  const matcherOf = (file: string): Matcher => {
    const tsconfig = of(file);
    if (!tsconfig) return null;
    const matcher = matchers.get(tsconfig.path) ?? createPathsMatcher(tsconfig);
    matchers.set(tsconfig.path, matcher);
    return matcher;
  };
  return { of, files, plugin: { apply: (resolver) => applyPaths(resolver, matcherOf) } };
};

const applyPaths = (resolver: Resolver, matcherOf: (file: string) => Matcher): void => {
  const target = resolver.ensureHook('resolve');
  resolver.getHook('described-resolve').tapAsync('perdure tsconfig paths', (request, context, done) => {
    const { issuer: resource } = (request.context ?? {}) as { issuer?: string };
    const issuer = resource && fileOfResource(resource);
    const wanted = request.request;
    const isOwn = issuer && !issuer.includes(`${sep}node_modules${sep}`);
    if (!isOwn || !wanted || /^(\.|\/|[A-Za-z]:[\\/])/.test(wanted)) return done();
    const candidates = matcherOf(issuer)?.(wanted) ?? [];
    const next = (index: number): void => {
      const candidate = candidates[index];
      if (candidate === undefined) return done();
      resolver.doResolve(
        target,
        { ...request, request: candidate },
        `tsconfig path ${candidate}`,
        context,
        (error, result) =>
          result ? done(null, result) : error && !/resolve/i.test(error.message) ? done(error) : next(index + 1),
      );
    };
    next(0);
  });
};
