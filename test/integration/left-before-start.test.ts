/** The worker of another process that a run was meant for leaves before the run is there: it goes on in its own process. */
import { checkout, createFlowProject } from '../support/flow-project.js';

const flowFile = `
import { task, flow } from 'perdure';
const double = task('double', async (n: number) => n * 2);
export const main = flow('main', () => double(21));
`;

/** Its "worker" is a process that only sleeps, entered in the registry with the very same code. */
const program = `
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { local } from 'perdure';
import { startRun } from '${checkout}/dist/client.js';
import { identityOf } from '${checkout}/dist/dev-server/process-identity.js';
import { openLocalSession, takeOverWhenAlone } from '${checkout}/dist/executors/index.js';

const file = join(import.meta.dirname, 'flow.ts');
const first = await openLocalSession({ files: [file], executor: local() });
const { flows } = await first.manifest();
const other = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { stdio: 'ignore' });
await once(other, 'spawn');
const folder = join(first.project.stateDir, 'workers');
mkdirSync(folder, { recursive: true });
const entries = first.bundle.entries.map(({ hash }) => ({ source: 'flow.ts', hash }));
const worker = { kind: 'kept', address: first.server.address, namespace: 'default', taskQueues: ['left'], entries, flows, loadedAt: Date.now() };
const owner = { pid: other.pid, identity: identityOf(other.pid) };
writeFileSync(join(folder, other.pid + '-kept.json'), JSON.stringify({ process: owner, worker }));

const session = await openLocalSession({ files: [file], executor: local() });
const taskQueue = await session.taskQueue();
other.kill('SIGKILL');
await once(other, 'exit');
const run = await startRun(session.client, { name: 'main' }, { params: {}, taskQueue, source: 'flow.ts', bundle: entries[0].hash });
let isTaken = false;
const stop = await takeOverWhenAlone(session, { file, runId: run.runId, taskQueue, onTaken: () => (isTaken = true), onMixed: () => undefined });
const late = new Promise((resolve) => setTimeout(resolve, 40_000, 'never ended').unref());
console.log(JSON.stringify([taskQueue, await Promise.race([run.result(), late]), isTaken]));
stop();
await session.close();
await first.close();
process.exit(0);
`;

test('a run whose worker left before it was started goes on in its own process', async () => {
  const project = createFlowProject({ 'flow.ts': flowFile, 'program.ts': program });
  try {
    const { stdout, stderr } = await project.runScript('program.ts');
    expect({ stdout, stderr }).toMatchObject({ stdout: '["left",42,true]\n' });
  } finally {
    project.remove();
  }
}, 120_000);
