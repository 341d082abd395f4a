/** `npm test`: from a fresh clone with nothing installed to all tests run. With arguments: only jest, with those. */
import { build } from './build.mjs';
import { ensureInstalled } from './ensure-installed.mjs';
import { getServer } from './get-server.mjs';
import { runTests } from './run-tests.mjs';
import { runTool } from './steps.mjs';

const only = process.argv.slice(2);

const runOnly = async () =>
  (await ensureInstalled()) &&
  (await runTool('jest', only, ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'])) === 0;

const runAll = async () => {
  if (!(await build()) || !(await getServer())) return false;
  const { passed, failed } = await runTests();
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  return passed > 0 && failed === 0;
};

process.exitCode = (await (only.length > 0 ? runOnly() : runAll())) ? 0 : 1;
