/** The table of Prefect's features: every row is shown by a test that there is, or says why there is nothing to show. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/guide/prefect-features.md'), 'utf8');
const citation = /`(test\/[\w./-]+\.ts)::([^`]+)`/g;

interface Row {
  feature: string;
  here: string;
  tests: { file: string; name: string }[];
}

const tables = page
  .split(/^## /m)
  .slice(1)
  .map((section) => {
    const [title = '', ...lines] = section.split('\n');
    const cells = lines.filter((line) => line.startsWith('| ')).map((line) => line.slice(2, -1).split(/ \| ?/));
    const rows = cells.slice(1).map(([feature = '', here = '', ...rest]): Row => ({
      feature,
      here,
      tests: [...rest.join(' ').matchAll(citation)].map(([, file = '', name = '']) => ({ file, name })), // prettier-ignore
    }));
    return { title, rows };
  });
const rows = tables.flatMap(({ rows }) => rows);

/** Whether the file declares a test, or a case that a test runs, of that name. */
const declares = (text: string, name: string): boolean => {
  const literal = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll("'", "\\\\?'");
  return new RegExp(`(?:\\b(?:test|it|describe|tell)\\(|\\bname:|^  \\[)\\s*(['"\`])${literal}\\1`, 'm').test(text);
};

test('both versions of Prefect have their table', () => {
  expect(tables.map(({ title }) => title)).toEqual(['Prefect 1', 'Prefect 3']);
  for (const { rows } of tables) expect(rows.length).toBeGreaterThan(50);
});

test('every row has a test, or says why not', () => {
  const bare = rows.filter(({ here, tests }) => tests.length === 0 && !/^Not here: .{20,}/.test(here));
  expect(bare.map(({ feature }) => feature)).toEqual([]);
});

test.each(rows.flatMap(({ feature, tests }) => tests.map((one) => [feature, one] as const)))(
  '%s: the test is there',
  (_, { file, name }) => {
    expect(existsSync(join(root, file))).toBe(true);
    expect(declares(readFileSync(join(root, file), 'utf8'), name)).toBe(true);
  },
);

test('a test that is not there is told apart', () => {
  const text = readFileSync(join(root, 'test/docs/prefect-features.test.ts'), 'utf8');
  expect(declares(text, 'both versions of Prefect have their table')).toBe(true);
  expect(declares(text, 'no such test as ' + 'this')).toBe(false);
  expect(declares(text, 'both versions of Prefect')).toBe(false);
});
