/** Where a project's results are stored when nothing else is said: beside its other state. Host. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Project } from './project.js';

/** The store's URL: as given, else PERDURE_STORE, else `<project>/.perdure/results`. */
export const resultStoreUrl = (project: Pick<Project, 'stateDir'>, given?: string): string =>
  given ?? (process.env['PERDURE_STORE'] || pathToFileURL(join(project.stateDir, 'results')).href);
