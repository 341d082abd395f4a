/**
 * The project's state directory, `.perdure/`. Host. For the user's eyes only (0700), and kept out of version
 * control by a `.gitignore` of its own.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathTrouble } from '../core/path-trouble.js';
import type { Project } from './project.js';

/**
 * Makes the state directory when it is not there, and returns its path.
 * @throws ConfigError `BAD_CONFIG` when it cannot be made or written to; the message names the path.
 */
export const ensureStateDir = (project: Pick<Project, 'stateDir'>): string => {
  const { stateDir } = project;
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    writeFileSync(join(stateDir, '.gitignore'), '*\n', { flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // `EEXIST` from the .gitignore is the usual case: everything is there already.
    if (code === 'EEXIST' && isGitignore(error)) return stateDir;
    throw pathTrouble(error, "Perdure's state cannot be kept", stateDir);
  }
  return stateDir;
};

const isGitignore = (error: unknown): boolean =>
  String((error as NodeJS.ErrnoException).path ?? '').endsWith('.gitignore');
