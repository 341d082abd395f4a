/** The list of error codes, their pages and the tests that provoke them are the same three times. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { errorCodes } from '../../src/core/error-codes.js';

const root = resolve(import.meta.dirname, '../..');
const byClass = Object.entries(errorCodes) as [string, readonly string[]][];
const codes = byClass.flatMap(([, list]) => list).sort();
const filesIn = (directory: string, ending: string): string[] =>
  readdirSync(join(root, directory), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(ending));

test('each code has its page, and each page is for a code', () => {
  const pages = filesIn('docs/errors', '.md').map((name) => name.replace('.md', ''));
  expect(pages.filter((name) => name !== 'README').sort()).toEqual(codes);
});

test('each code is tested', () => {
  const tests = filesIn('test', '.ts')
    .filter((name) => !name.includes('error-pages.test'))
    .map((name) => readFileSync(join(root, 'test', name), 'utf8'))
    .join('\n');
  expect(codes.filter((code) => !new RegExp(`\\b${code}\\b`).test(tests))).toEqual([]);
});

test('each code is thrown somewhere', () => {
  const sources = filesIn('src', '.ts')
    .concat(filesIn('src', '.cts'))
    .filter((name) => !name.endsWith('error-codes.ts'))
    .map((name) => readFileSync(join(root, 'src', name), 'utf8'))
    .join('\n');
  expect(codes.filter((code) => !new RegExp(`'${code}'`).test(sources))).toEqual([]);
});

test.each(byClass)('the pages of %s name their code and what to do', (_, list) => {
  for (const code of list) {
    const page = readFileSync(join(root, 'docs/errors', `${code}.md`), 'utf8');
    expect(page.startsWith(`# ${code}\n`)).toBe(true);
    expect(page).toMatch(/## What to do|How to fix it/);
  }
});
