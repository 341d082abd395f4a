import { flatten, flow, task } from '../../src/authoring/index.js';
import { runFlow, settle, startFlow } from './fake-run.js';

const extract = task('extract', () => 3);
const double = task('double', (n: number) => n * 2);
const add = task('add', (a: number, b: number) => a + b);
const collect = task('collect', (value: unknown) => value);
const makeUser = task('make user', () => ({ name: 'Ada', tags: ['x', 'y'], address: { city: 'London' } }));
const nothing = task('nothing', () => undefined);
const child = flow('child', ({ n }: { n: number }) => n);

test('a task runs once its upstream has ended, with the value in place of the future', async () => {
  const run = startFlow(() => double(extract()));
  await settle();
  expect(run.started).toEqual(['extract-0']);
  await run.complete({ 'extract-0': 5 });
  expect(run.started).toEqual(['extract-0', 'double-0']);
  expect(run.argsOf('double-0')).toEqual([5]);
  expect(run.upstreamOf('double-0')).toEqual(['extract-0']);
  await run.complete({ 'double-0': 10 });
  expect(await run.outcome).toBe(10);
});

test('independent tasks run side by side; a join waits for both', async () => {
  const run = startFlow(() => add(double(extract()), double(extract())));
  await settle();
  expect(run.running).toEqual(['extract-0', 'extract-1']);
  await run.complete({ 'extract-1': 1 });
  expect(run.running).toEqual(['extract-0', 'double-1']);
  await run.complete({ 'double-1': 2, 'extract-0': 10 });
  await run.complete({ 'double-0': 20 });
  expect(run.argsOf('add-0')).toEqual([20, 2]);
  await run.drain();
  expect(await run.outcome).toBe(22);
});

test('in a diamond the shared task runs once and both sides get its value', async () => {
  const { value, run } = await runFlow(() => {
    const top = extract();
    return add(double(top), double(top));
  });
  expect(value).toBe(12);
  expect(run.started).toEqual(['extract-0', 'double-0', 'double-1', 'add-0']);
  expect(run.upstreamOf('add-0')).toEqual(['double-0', 'double-1']);
});

test('futures are found at any depth of arrays and plain objects, and the rest is passed as it is', async () => {
  const date = new Date(0);
  const map = new Map([['k', 1]]);
  const { value } = await runFlow(() =>
    collect({
      a: [{ b: [extract(), [double(extract())]] }],
      c: { d: extract() },
      date,
      map,
      none: undefined,
      zero: null,
    }),
  );
  expect(value).toEqual({ a: [{ b: [3, [6]] }], c: { d: 3 }, date, map, none: undefined, zero: null });
});

test('what the user passed in is not changed', async () => {
  const given = { list: [1, 2], extra: { x: 1 } as Record<string, unknown> };
  const future: { it?: unknown } = {};
  await runFlow(() => {
    future.it = extract();
    given.extra['future'] = future.it;
    return collect(given);
  });
  expect(given.extra['future']).toBe(future.it);
});

test('the same future twice in one call is one upstream', async () => {
  const { run } = await runFlow(() => {
    const one = extract();
    return add(one, one);
  });
  expect(run.upstreamOf('add-0')).toEqual(['extract-0']);
});

test('a part of a future is a future', async () => {
  const { value } = await runFlow(() => {
    const user = makeUser();
    return collect([user.at('name'), user.at('tags').at(-1), user.at('address').at('city'), user.at('tags')]);
  });
  expect(value).toEqual(['Ada', 'y', 'London', ['x', 'y']]);
});

test('a part of nothing fails the task that uses it, by name', async () => {
  const run = startFlow(() => collect((nothing() as unknown as ReturnType<typeof makeUser>).at('name')));
  await run.drain();
  await expect(run.outcome).rejects.toMatchObject({
    code: 'NO_SUCH_PART',
    message: expect.stringContaining("'nothing-0'"),
    taskName: 'collect',
  });
});

test('flatten takes one level of nesting away, of values and of futures', async () => {
  const lists = task('lists', () => [[1], [2, [3]]] as number[][]);
  const { value } = await runFlow(() => collect([flatten(lists()), flatten([[1], [2]])]));
  expect(value).toEqual([
    [1, 2, [3]],
    [1, 2],
  ]);
});

test('what is no array cannot be flattened, by name', async () => {
  const run = startFlow(() => collect([flatten(nothing() as never)]));
  await run.drain();
  await expect(run.outcome).rejects.toMatchObject({ code: 'NO_SUCH_PART', message: expect.stringContaining("'nothing-0'") }); // prettier-ignore
  await expect(startFlow(() => collect([flatten(1 as never)])).outcome).rejects.toMatchObject({ code: 'NO_SUCH_PART' });
});

test('a flow called in a flow is started as a flow, with its params resolved', async () => {
  const run = startFlow(() => child({ n: extract() }));
  await run.complete({});
  await run.complete({ 'extract-0': 7 });
  expect(run.invocationOf('child-0')).toMatchObject({ params: { n: 7 }, upstreamIds: ['extract-0'] });
  await run.complete({ 'child-0': 'done' });
  expect(await run.outcome).toBe('done');
});

test('the returned value may hold futures at any depth', async () => {
  const { value } = await runFlow(async () => ({ list: [extract(), 1], deep: { er: double(extract()) } }));
  expect(value).toEqual({ list: [3, 1], deep: { er: 6 } });
});

test('ids count the calls of each name, and names may be any text', async () => {
  const odd = task('Ünï cødé 🎉 [0] / "x"', () => 1);
  const { run } = await runFlow(() => {
    odd();
    extract();
    odd();
  });
  expect(run.started).toEqual(['Ünï cødé 🎉 [0] / "x"-0', 'extract-0', 'Ünï cødé 🎉 [0] / "x"-1']);
});

test('the same body gives the same ids, in the same order, each time', async () => {
  const body = async (): Promise<unknown> => {
    const rows = await extract();
    for (let i = 0; i < rows; i++) add(double(i), extract());
    return double.map([1, 2, 3]);
  };
  const first = await runFlow(body);
  const second = await runFlow(body);
  expect(first.run.started).toEqual(second.run.started);
});

test.each([
  ['a function', () => ({ f: () => 1 }), /function at argument 1 of collect\(…\)\.f/],
  ['a symbol', () => Symbol('x'), /symbol at argument 1/],
  ['a promise', () => ({ p: [Promise.resolve(1)] }), /promise .* at argument 1 of collect\(…\)\.p\[0\]/],
  ['a class instance', () => new (class Mine {})(), /An instance of Mine at argument 1/],
])('%s among the arguments is refused at the call, with its path', async (_, make, message) => {
  const run = startFlow(() => collect(make()));
  await run.drain();
  await expect(run.outcome).rejects.toMatchObject({
    code: 'NOT_SERIALIZABLE',
    message: expect.stringMatching(message),
  });
  expect(run.started).toEqual([]);
});

test('a symbol inside an array is refused as well', async () => {
  const run = startFlow(() => collect([Symbol('x')]));
  await run.drain();
  await expect(run.outcome).rejects.toMatchObject({ code: 'NOT_SERIALIZABLE' });
});

test('a cycle among the arguments is refused at the call', async () => {
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  const run = startFlow(() => collect(cycle));
  await run.drain();
  await expect(run.outcome).rejects.toMatchObject({
    code: 'NOT_SERIALIZABLE',
    message: expect.stringMatching(/… cannot leave/),
  });
});

test('the value of a flow that is no data is refused as such, whatever its class is called', async () => {
  const run = startFlow(() => ({
    rows: Object.create(Object.create({ constructor: { name: '' } }) as object) as unknown,
  }));
  await run.drain();
  await expect(run.outcome).rejects.toThrow(
    /An instance of a class at the value that the flow returned\.rows cannot leave/,
  );
});

test.each([
  ['a text', (future: unknown) => `${future as string}`],
  ['a number', (future: unknown) => (future as number) + 1],
  ['JSON', (future: unknown) => JSON.stringify({ future })],
  ['a list', (future: unknown) => [...(future as string[])]],
])('a future used as %s is an error', async (_, use) => {
  const run = startFlow(() => use(extract()));
  await run.drain();
  await expect(run.outcome).rejects.toMatchObject({ code: 'FUTURE_COERCED' });
});
