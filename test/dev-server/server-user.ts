/**
 * A process that opens the project's server, for tests that need several. Run with tsx; its arguments are the
 * project's root and what it does once open: `stay`, `close` or `exit`. It prints one line of JSON when open.
 */
import { openDevServer } from '../../src/dev-server/index.js';
import { findProject } from '../../src/project/index.js';

const [root = '', act] = process.argv.slice(2);
const server = await openDevServer({ project: findProject(root), ui: false });
console.log(JSON.stringify({ pid: server.pid, address: server.address, startedHere: server.startedHere }));
if (act === 'close') await server.close();
if (act === 'exit') process.exit(0);
if (act === 'stay') {
  process.stdin.on('data', () => void server.close().then(() => process.exit(0)));
}
