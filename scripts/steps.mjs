/**
 * Runs the project's tools one after the other for the drivers beside this file. Only Node's own modules: the drivers
 * start before anything is installed. A tool is run as a script of this Node, so that no shell is in between.
 */
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** Whether the module of this URL is what Node was started with. */
export const isProgram = (url) => process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(url);

/** Where the package's own file lies that its command runs. */
export const tools = {
  attw: ['@arethetypeswrong/cli', 'dist', 'index.js'],
  depcruise: ['dependency-cruiser', 'bin', 'dependency-cruise.mjs'],
  eslint: ['eslint', 'bin', 'eslint.js'],
  jest: ['jest', 'bin', 'jest.js'],
  knip: ['knip', 'bin', 'knip.js'],
  prettier: ['prettier', 'bin', 'prettier.cjs'],
  publint: ['publint', 'src', 'cli.js'],
  tsc: ['typescript', 'bin', 'tsc'],
};

export const toolPath = (tool) => join(root, 'node_modules', ...tools[tool]);

/** The exit status of a program that writes to this terminal. */
export const run = (command, args, options = {}) =>
  new Promise((done, fail) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    child.once('error', fail);
    child.once('close', (code, signal) => done(code ?? (signal ? 1 : 0)));
  });

export const runTool = (tool, args = [], nodeArgs = []) =>
  run(process.execPath, [...nodeArgs, toolPath(tool), ...args]);

/** npm of this Node; on Windows it is a command file, which needs the shell. */
export const runNpm = (args) => run('npm', args, { shell: process.platform === 'win32' });

/** What a person reads about the step that comes. */
export const say = (text) => process.stderr.write(`\n> ${text}\n`);
