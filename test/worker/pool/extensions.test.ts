/** A child loads flow files of every extension, and knows under which names they export their flows. */
import { join } from 'node:path';
import { createFlowProject } from '../../support/flow-project.js';
import { attempt, closePools, startPool } from './start-pool.js';

const esm = (typed: string): string => `import { flow, task } from 'perdure';
const inc = task('inc', (n${typed}) => n + 1);
export const one = flow('The One', () => inc(1));`;
const cjs = `const { flow, task } = require('perdure');
const inc = task('inc', (n) => n + 1);
exports.one = flow('The One', () => inc(1));`;

const files = {
  'a.ts': esm(': number'),
  'a.mts': esm(': number'),
  'a.cts': esm(': number'),
  'a.tsx': esm(': number'),
  'a.js': esm(''),
  'a.mjs': esm(''),
  'a.cjs': cjs,
};
const project = createFlowProject(files);
afterEach(closePools);
afterAll(() => project.remove());

test.each(Object.keys(files))('%s', async (file) => {
  const pool = startPool({ sources: [join(project.root, file)] });
  expect((await pool.ready).flows).toMatchObject([
    { name: 'The One', exportedAs: 'one', file: join(project.root, file) },
  ]);
  expect(await attempt(pool, 'inc', [1])).toBe(2);
});
