/**
 * Runs the test suites and counts. Pure tests use every core; suites that start servers and workers get two at a time,
 * whatever the machine has.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool, say } from './steps.mjs';

const pureSuites = '[\\\\/]test[\\\\/](core|authoring|compiler|house|types|project|results(?![\\\\/]s3))[\\\\/]';

const suites = [
  { name: 'Unit tests', args: ['--testPathPatterns', pureSuites], workers: Math.max(2, availableParallelism()) },
  { name: 'Tests on real servers', args: ['--testPathIgnorePatterns', pureSuites], workers: 2 },
];

const runSuite = async ({ name, args, workers }, report) => {
  say(name);
  const status = await runTool(
    'jest',
    [...args, '--maxWorkers', String(workers), '--json', '--outputFile', report, '--passWithNoTests'],
    ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  );
  return { status, ...countsIn(report) };
};

/** A suite that could not even be loaded counts as one failure. */
const countsIn = (report) => {
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
  } catch {
    return { passed: 0, failed: 1 };
  }
};

/** The counts over all suites; a suite that ends badly without a failed test counts as one. */
export const runTests = async () => {
  const directory = mkdtempSync(join(tmpdir(), 'perdure-tests-'));
  const total = { passed: 0, failed: 0 };
  try {
    for (const [index, suite] of suites.entries()) {
      const { status, passed, failed } = await runSuite(suite, join(directory, `${index}.json`));
      total.passed += passed;
      total.failed += failed > 0 || status === 0 ? failed : 1;
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return total;
};
