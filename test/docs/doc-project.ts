/**
 * A project of a reader of the docs: an empty directory with perdure in its `node_modules`, and the snippets of one
 * document as files.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { codeLanguages, type Snippet } from './snippets.js';

export const root = resolve(import.meta.dirname, '../..');

/** Packages that the docs use, and those without which nothing compiles. */
const packages = ['zod', 'vega-datasets', '@types/node', 'undici-types', 'typescript', 'tsx'];

export const fileOf = ({ file, language, line }: Snippet): string => file ?? `snippet-${line}.${language}`;

export interface DocProject {
  directory: string;
  close(): void;
}

export const createDocProject = (snippets: readonly Snippet[]): DocProject => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'perdure-docs-')));
  const link = (target: string, name: string): void => {
    const path = join(directory, 'node_modules', name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(target, path, 'junction');
  };
  link(root, 'perdure');
  for (const name of packages) link(join(root, 'node_modules', name), name);
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ name: 'reader', type: 'module', private: true }));
  writeFileSync(
    join(directory, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        target: 'es2023',
        module: 'nodenext',
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        allowJs: true,
        checkJs: true,
        types: ['node'],
        // Each snippet is a module of its own, also one that neither imports nor exports.
        moduleDetection: 'force',
      },
    }),
  );
  for (const snippet of snippets) {
    if (!codeLanguages.has(snippet.language)) continue;
    const path = join(directory, fileOf(snippet));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${snippet.code}\n`);
  }
  return { directory, close: () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }) };
};

export interface Outcome {
  status: number;
  stdout: string;
  /** Both, as a person sees them. */
  output: string;
}

export const execute = (directory: string, command: string, args: string[]): Promise<Outcome> =>
  new Promise((done) => {
    const env = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' };
    execFile(command, args, { cwd: directory, env, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      done({ status, stdout, output: `${stdout}${stderr}` });
    });
  });

const node = (directory: string, args: string[]): Promise<Outcome> => execute(directory, process.execPath, args);

export const perdure = (directory: string, ...args: string[]): Promise<Outcome> =>
  node(directory, [join(root, 'dist', 'cli', 'main.js'), ...args]);

export const script = (directory: string, file: string): Promise<Outcome> =>
  node(directory, ['--import', pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href, file]);

/** The compiler's complaints, a line each, with the document's name and line in place of the file's. */
export const typeErrors = async ({ directory }: DocProject, snippets: readonly Snippet[]): Promise<string[]> => {
  const { output } = await node(directory, [
    join(root, 'node_modules/typescript/bin/tsc'),
    '-p',
    '.',
    '--pretty',
    'false',
  ]);
  const byFile = new Map(snippets.map((snippet) => [fileOf(snippet), snippet]));
  return output
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const place = /^(\S+)\((\d+),\d+\): (.*)$/.exec(line);
      const snippet = byFile.get(place?.[1] ?? '');
      return place && snippet ? `${snippet.document}:${snippet.line + Number(place[2]) - 1}: ${place[3]}` : line;
    });
};
