/**
 * CPU work in tinypool alone, two child processes, with no engine around it: `node tinypool.mjs <folder of npm
 * packages>`, then requests on stdin. The floor for a map of CPU work. `BENCH_SPIN`: iterations of one item.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { serve } from './serve.mjs';

const require = createRequire(join(process.argv[2], 'package.json'));
const { Tinypool } = await import(pathToFileURL(require.resolve('tinypool')).href);
const pool = new Tinypool({
  filename: fileURLToPath(new URL('spin.mjs', import.meta.url)),
  runtime: 'child_process',
  minThreads: 2,
  maxThreads: 2,
});
const iterations = Number(process.env.BENCH_SPIN);
const cpu = async (n) => (await Promise.all(Array.from({ length: n }, () => pool.run(iterations)))).length;

await serve('tinypool', { cpu });
await pool.destroy();
process.exit(0);
