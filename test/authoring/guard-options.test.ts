/** The options cache, limits and priority are checked where the task or flow is declared. */
import { flow, task, type TaskOptions } from '../../src/authoring/index.js';
import { omittedPositions } from '../../src/authoring/cache-option.js';
import { parameterNames } from '../../src/authoring/parameter-names.js';
import { taskPolicy } from '../../src/authoring/options.js';

const body = (x: number, y: number): number => x + y;
const bad =
  (options: unknown): (() => unknown) =>
  () =>
    taskPolicy('t', options as TaskOptions, body);

test.each<[string, unknown]>([
  ['cache', { cache: 'inputs' }],
  ['cache', { cache: {}, local: true }],
  ['cache', { cache: {}, stream: true }],
  ['cache.for', { cache: { for: '1 hour' } }],
  ['cache.key', { cache: { key: 'outputs' } }],
  ['cache.omit', { cache: { omit: 'x' } }],
  ['cache.omit', { cache: { omit: [-1] } }],
  ['cache.omit', { cache: { omit: ['z'] } }],
  ['cache.omit', { cache: { omit: ['x'], key: () => 'k' } }],
  ['cache.expires', { cache: { expires: 'soon' } }],
  ['cache.expires', { cache: { expires: 0 } }],
  ['cache.refresh', { cache: { refresh: 1 } }],
  ['limits', { limits: { name: 'a', slots: 1 } }],
  ['limits', { limits: [{ name: 'a', slots: 1 }], local: true }],
  [
    'limits',
    {
      limits: [
        { name: 'a', slots: 1 },
        { name: 'a', slots: 2 },
      ],
    },
  ],
  ['limits[0]', { limits: [5] }],
  ['limits[0]', { limits: [{ name: 'a' }] }],
  ['limits[0].name', { limits: [{ slots: 1 }] }],
  ['limits[0].slots', { limits: [{ name: 'a', slots: 0 }] }],
  ['limits[0].slots', { limits: [{ name: 'a', slots: 1.5 }] }],
  ['limits[0].perSecond', { limits: [{ name: 'a', perSecond: 0 }] }],
  ['limits[0].key', { limits: [{ name: 'a', slots: 1, key: 5 }] }],
  ['limits[0].size', { limits: [{ name: 'a', size: 1 }] }],
  ['priority', { priority: 1 }],
  ['priority.priorityKey', { priority: { priorityKey: 6 } }],
  ['priority.fairnessWeight', { priority: { fairnessWeight: 0 } }],
])('%s of %j is refused by name', (option, options) => {
  expect(bad(options)).toThrow(expect.objectContaining({ code: 'BAD_OPTION', details: expect.objectContaining({ option }) })); // prettier-ignore
});

test('a priority is checked for flows and for calls too', () => {
  const priority = { priorityKey: 0 as 1 };
  expect(() => flow('priority of a flow', { priority }, () => 1)).toThrow(
    expect.objectContaining({ code: 'BAD_OPTION' }),
  );
  expect(() => task('priority of a call', body).with({ priority })).toThrow(expect.objectContaining({ code: 'BAD_OPTION' })); // prettier-ignore
});

test.each<[(...args: never[]) => unknown, string[]]>([
  [(a: number, b: number) => a + b, ['a', 'b']],
  [async function named(a: number, { b, c }: { b: number; c: number }, d = ', (', ...rest: number[]) { return [a, b, c, d, rest]; }, ['a', '', 'd', 'rest']], // prettier-ignore
  [() => 1, []],
  [(a = [1, 2], b = { c: 3 }) => [a, b], ['a', 'b']],
  [(only) => only, ['only']],
])('parameters of %s', (fn, names) => {
  expect(parameterNames(fn)).toEqual(names);
});

test('arguments are left out by name and by position', () => {
  expect([...omittedPositions({ omit: ['y', 3] }, body)]).toEqual([1, 3]);
});
