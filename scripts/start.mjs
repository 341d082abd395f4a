/** `npm start`: installs, builds, gets the server, and runs the Parallel Data Pipeline on it. */
import { join } from 'node:path';
import { build } from './build.mjs';
import { getServer } from './get-server.mjs';
import { root, run, say } from './steps.mjs';

const example = join('examples', '02-parallel-data-pipeline.ts');

if (!(await build({ ifStale: true })) || !(await getServer())) process.exit(1);
say(`perdure run ${example}`);
process.exitCode = await run(process.execPath, [join(root, 'dist', 'cli', 'main.js'), 'run', example]);
