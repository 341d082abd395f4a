/** The checks that run no test: format, lint, layers, types, build, what is unused, and the package's own shape. */
import { build } from './build.mjs';
import { isProgram, runTool, say } from './steps.mjs';

const steps = [
  ['Format', 'prettier', ['--check', '--log-level', 'warn', '.']],
  ['Lint', 'eslint', ['.', '--max-warnings', '0']],
  ['Layers', 'depcruise', ['src', '--config', '.dependency-cruiser.cjs']],
  ['Types of tests, examples and benchmarks', 'tsc', ['-p', 'tsconfig.test.json']],
  ['Unused files, exports and dependencies', 'knip', []],
  ['Package', 'publint', ['--strict', '.']],
  [
    'Types as other projects see them',
    'attw',
    ['--pack', '.', '--profile', 'esm-only', '--no-emoji', '--format', 'ascii'],
  ],
];

/** The names of the checks that failed. */
export const check = async () => {
  if (!(await build())) return ['Build'];
  const failed = [];
  for (const [name, tool, args] of steps) {
    say(name);
    if ((await runTool(tool, args)) !== 0) failed.push(name);
  }
  return failed;
};

if (isProgram(import.meta.url)) {
  const failed = await check();
  say(failed.length === 0 ? 'All checks passed' : `Failed: ${failed.join(', ')}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}
