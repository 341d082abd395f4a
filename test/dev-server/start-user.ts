/** Starts `server-user.ts` in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Project } from '../../src/project/index.js';

const script = fileURLToPath(new URL('./server-user.ts', import.meta.url));

export interface OpenedServer {
  pid: number;
  address: string;
  startedHere: boolean;
}

export const startUser = (project: Project, act: 'stay' | 'close' | 'exit' | 'full') => {
  const env = { ...process.env };
  delete env['NODE_OPTIONS'];
  const child = spawn(process.execPath, ['--import', 'tsx', script, project.root, act], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env,
  });
  const opened = once(createInterface(child.stdout), 'line').then(([line]) => JSON.parse(String(line)) as OpenedServer);
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  return {
    pid: child.pid ?? 0,
    opened,
    ended,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    close: async () => {
      child.stdin.write('close\n');
      return ended;
    },
  };
};
