/**
 * The type tests (test/types) under both ways to resolve modules: each `@ts-expect-error` there is an error, and nothing
 * else is.
 */
import { jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
jest.setTimeout(240_000);

/** What is wrong in the type tests; errors in src are another check's. */
const check = (project: string): Promise<string[]> =>
  new Promise((done) => {
    execFile(
      process.execPath,
      [join(root, 'node_modules/typescript/bin/tsc'), '-p', project],
      { cwd: root },
      (_, out) => done(out.split('\n').filter((line) => line.startsWith('test/types'))),
    );
  });

test.each(['tsconfig.types.json', 'tsconfig.types-bundler.json'])(
  'calls and flows are typed as promised (%s)',
  async (project) => {
    expect(await check(project)).toEqual([]);
  },
);
