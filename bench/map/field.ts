/** The two contenders that every benchmark of maps has: hand-written SDK code and Perdure, on one embedded server. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDevServer } from '../../dist/dev-server/index.js';
import { findProject } from '../../dist/project/index.js';
import { type Contender, startContender } from '../peers/contender.js';

export interface Field {
  serverPid: number;
  raw: Contender;
  perdure: Contender;
  close(): Promise<void>;
}

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const program = (file: string, ...args: string[]): string[] => [
  process.execPath,
  '--import',
  import.meta.resolve('tsx'),
  here(file),
  ...args,
];

/** @param flows the file with the flows that Perdure runs */
export const openField = async (flows: string, env: Record<string, string> = {}): Promise<Field> => {
  const root = mkdtempSync(join(tmpdir(), 'perdure-bench-server-'));
  writeFileSync(join(root, 'package.json'), '{"name":"bench"}');
  const server = await openDevServer({ project: findProject(root) });
  // After the server's own hook, which ends it.
  process.once('exit', () => rmSync(root, { recursive: true, force: true }));
  const raw = startContender({
    name: 'raw SDK',
    command: program('raw-contender.ts', server.address, join(root, 'raw-store')),
    env,
  });
  const perdure = startContender({
    name: 'perdure',
    command: program('perdure-contender.ts', server.address, flows, join(root, 'project')),
    env,
  });
  return {
    serverPid: server.pid,
    raw,
    perdure,
    async close() {
      await Promise.all([raw.close(), perdure.close()]);
      await server.close();
    },
  };
};
