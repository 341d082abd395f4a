/**
 * A process that opens the project's server, for tests that need several. Run with tsx; its arguments are the
 * project's root and what it does once open: `stay`, `close`, `exit`, or `full` (closes on a disk that is full by then).
 * It prints one line of JSON when open.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { openDevServer } from '../../src/dev-server/index.js';
import { findProject } from '../../src/project/index.js';

/** No file of this process can be written from here on. */
const fillDisk = (): void => {
  fs.writeFileSync = (path) => {
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC', syscall: 'write', path });
  };
  syncBuiltinESMExports();
};

const [root = '', act] = process.argv.slice(2);
const server = await openDevServer({ project: findProject(root), ui: false });
console.log(JSON.stringify({ pid: server.pid, address: server.address, startedHere: server.startedHere }));
if (act === 'close') await server.close();
if (act === 'exit') process.exit(0);
if (act === 'full') {
  fillDisk();
  await server.close();
}
if (act === 'stay') {
  process.stdin.on('data', () => void server.close().then(() => process.exit(0)));
}
