/** The histories that each release left still replay with the workflow code as it is now. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const checkout = resolve(import.meta.dirname, '../..');
const cache = mkdtempSync(join(tmpdir(), 'perdure-replay-'));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

const replay = (mode: string): Record<string, string | null> => {
  const args = [
    '--import',
    'tsx',
    join(import.meta.dirname, 'replay.ts'),
    join(import.meta.dirname, 'flows.ts'),
    cache,
    mode,
  ];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: checkout,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, string | null>;
};

test('every history of every release replays', () => {
  const results = replay('as recorded');
  expect(Object.keys(results).length).toBeGreaterThan(10);
  expect(Object.entries(results).filter(([, problem]) => problem !== null)).toEqual([]);
}, 120_000);

test('a history that the code would not have made is told apart', () => {
  const results = replay('tampered');
  const problems = Object.entries(results).filter(([name]) => !name.endsWith('/local.json'));
  for (const [, problem] of problems) expect(problem).toMatch(/determinism/i);
}, 120_000);

test('this release has kept a history of every flow', () => {
  const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { version: string };
  const flows = readFileSync(join(import.meta.dirname, 'flows.ts'), 'utf8').match(/(?<=^export const )\w+/gm) ?? [];
  const kept = readdirSync(join(import.meta.dirname, 'histories', version)).map((file) => file.replace('.json', ''));
  expect(kept.sort()).toEqual([...flows].sort());
});
