/**
 * The work that is measured, in DBOS on a PostgreSQL of its own: `node dbos.mjs <folder of npm packages> <folder of
 * PostgreSQL's programs>`, then requests on stdin. A step is one row written.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startPostgres } from './postgres.mjs';
import { serve } from './serve.mjs';

const [, , packages, binDir] = process.argv;
const require = createRequire(join(packages, 'package.json'));
const { DBOS } = await import(pathToFileURL(require.resolve('@dbos-inc/dbos-sdk')).href);

const inc = async (x) => x + 1;
const step = (x) => DBOS.runStep(() => inc(x), { name: 'inc' });
const sum = (xs) => xs.reduce((a, b) => a + b, 0);
const numbersTo = (n) => Array.from({ length: n }, (_, i) => i);

const chain = DBOS.registerWorkflow(
  async (n) => {
    let x = 0;
    for (let i = 0; i < n; i++) x = await step(x);
    return x;
  },
  { name: 'chain' },
);
const map = DBOS.registerWorkflow(async (n) => sum(await Promise.all(numbersTo(n).map(step))), { name: 'map' });
const seed = DBOS.registerWorkflow(
  async (n) => {
    const numbers = await DBOS.runStep(async () => numbersTo(n), { name: 'numbers' });
    const mapped = await Promise.all(numbers.map(step));
    return DBOS.runStep(async () => sum(mapped), { name: 'total' });
  },
  { name: 'Parallel Data Pipeline' },
);

const database = await startPostgres(binDir);
DBOS.setConfig({ name: 'bench', systemDatabaseUrl: database.url, logLevel: 'error' });
await DBOS.launch();
try {
  await serve('DBOS', { seed, chain, map });
} finally {
  await DBOS.shutdown();
  await database.stop();
}
process.exit(0);
