/**
 * `npm run verify`, which is also what CI runs: every check, then every test. Its last line is the count of tests; a
 * check that failed counts as one failed.
 */
import { check } from './check.mjs';
import { getServer } from './get-server.mjs';
import { runTests } from './run-tests.mjs';
import { say } from './steps.mjs';

const failedChecks = await check();
const { passed, failed } =
  failedChecks.includes('Build') || !(await getServer()) ? { passed: 0, failed: 1 } : await runTests();
if (failedChecks.length > 0) say(`Failed checks: ${failedChecks.join(', ')}`);
const allFailed = failed + failedChecks.filter((name) => name !== 'Build').length;
process.stdout.write(`\n${passed} passed, ${allFailed} failed\n`);
process.exitCode = passed > 0 && allFailed === 0 ? 0 : 1;
