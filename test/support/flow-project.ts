/** A user's project in a temporary folder, with perdure installed in it as this checkout. */
import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export const checkout = resolve(import.meta.dirname, '../..');

export interface Finished {
  status: number | null;
  stdout: string;
  stderr: string;
}

export interface FlowProject {
  root: string;
  /** Runs a TypeScript program of the project to its end. */
  runScript(file: string, env?: NodeJS.ProcessEnv): Promise<Finished>;
  read(file: string): string;
  remove(): void;
}

/** Makes the project out of `files` (name → content) and of whole folders copied in. */
export const createFlowProject = (files: Record<string, string>, folders: readonly string[] = []): FlowProject => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'perdure-project-')));
  mkdirSync(join(root, 'node_modules'));
  symlinkSync(checkout, join(root, 'node_modules/perdure'), 'junction');
  symlinkSync(join(checkout, 'node_modules/zod'), join(root, 'node_modules/zod'), 'junction');
  writeFileSync(join(root, 'package.json'), JSON.stringify({ name: 'user-project', type: 'module' }));
  for (const folder of folders) cpSync(folder, root, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  const tsx = join(checkout, 'node_modules/tsx/dist/esm/index.mjs');
  return {
    root,
    runScript: (file, env = {}) =>
      finished(
        spawn(process.execPath, ['--import', tsx, file], {
          cwd: root,
          env: { ...process.env, NODE_OPTIONS: '', ...env },
        }),
      ),
    read: (file) => readFileSync(join(root, file), 'utf8'),
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }),
  };
};

const finished = (child: ReturnType<typeof spawn>): Promise<Finished> =>
  new Promise((done, fail) => {
    let [stdout, stderr] = ['', ''];
    child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', fail);
    child.on('close', (status) => done({ status, stdout, stderr }));
  });
