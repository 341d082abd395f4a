/**
 * Names of modules and sources in a bundle: the same in whatever folder the project or perdure lies, and readable in a
 * stack trace. Host, build time; pure.
 */
import { isAbsolute, relative, sep } from 'node:path';

export interface NamedFolders {
  readonly projectRoot: string;
  /** perdure's own built files. */
  readonly perdureDist: string;
}

const inside = (folder: string, file: string): string | undefined => {
  const path = relative(folder, file);
  return path === '' || path.startsWith('..') || isAbsolute(path) ? undefined : path;
};

/** `src/flows.ts`, `perdure/workflows/index.js`, `node_modules/zod/index.js`, `../shared/tasks.ts`. */
export const moduleName = (file: string, { projectRoot, perdureDist }: NamedFolders): string => {
  const slashed = (path: string): string => path.split(sep).join('/');
  const own = inside(perdureDist, file);
  if (own !== undefined) return `perdure/${slashed(own)}`;
  const path = slashed(file);
  const packages = path.lastIndexOf('/node_modules/');
  return packages >= 0 ? path.slice(packages + 1) : slashed(relative(projectRoot, file));
};
