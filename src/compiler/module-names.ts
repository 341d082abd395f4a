/**
 * Names of modules and sources in a bundle: the same in whatever folder the project or perdure lies, and readable in a
 * stack trace. Host, build time; pure.
 */
import { basename, isAbsolute, relative, sep } from 'node:path';
import type { Module, NormalModule } from './webpack-types.js';

export interface NamedFolders {
  readonly projectRoot: string;
  /** perdure's own built files. */
  readonly perdureDist: string;
  /** Where the virtual entries pretend to lie: the compiler's own folder. */
  readonly entries: string;
}

const inside = (folder: string, file: string): string | undefined => {
  const path = relative(folder, file);
  return path === '' || path.startsWith('..') || isAbsolute(path) ? undefined : path;
};

/** `src/flows.ts`, `perdure/workflows/index.js`, `node_modules/zod/index.js`, `../shared/tasks.ts`. */
export const moduleName = (file: string, { projectRoot, perdureDist, entries }: NamedFolders): string => {
  const slashed = (path: string): string => path.split(sep).join('/');
  if (inside(entries, file) !== undefined) return `perdure/compiler/${basename(file).replace(/\..*$/, '')}`;
  const own = inside(perdureDist, file);
  if (own !== undefined) return `perdure/${slashed(own)}`;
  const path = slashed(file);
  const packages = path.lastIndexOf('/node_modules/');
  return packages >= 0 ? path.slice(packages + 1) : slashed(relative(projectRoot, file));
};

/** The file of a webpack resource, without its query; in a resource webpack writes `\0#` for a `#` of the path. */
export const fileOfResource = (resource: string): string =>
  (/^(?:\0.|[^?\0])*/.exec(resource)?.[0] ?? resource).replace(/\0(.)/g, '$1');

/** The file of a module, where it has one. */
export const fileOf = (module: Module | null | undefined): string | undefined => {
  const resource = (module as NormalModule | null | undefined)?.resource;
  return resource ? fileOfResource(resource) : undefined;
};
