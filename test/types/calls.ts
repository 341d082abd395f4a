/** What a task or flow may be called with inside a flow. Checked by the compiler alone; never run. */
import { expectTypeOf } from 'expect-type';
import {
  type Dataset,
  type MapFuture,
  type RunError,
  type TaskFuture,
  flatten,
  flow,
  range,
  sequence,
  task,
  unmapped,
} from '../../src/authoring/index.js';

interface Row {
  id: number;
  name: string;
  tags: string[];
  at?: Date;
}

const makeNumber = task('make_number', () => 1);
const makeText = task('make_text', async () => 'a');
const makeRow = task('make_row', async (): Promise<Row> => ({ id: 1, name: 'a', tags: [] }));
const makeRows = task('make_rows', { retries: 2 }, async (): Promise<Row[]> => []);
const double = task('double', (n: number) => n * 2);
const add = task('add', (a: number, b: number) => a + b);
const save = task('save', async (_rows: Row[]) => undefined);
const show = task('show', (row: Row) => row.name);
const greet = task('greet', (name: string, options?: { loud?: boolean }) => name + String(options?.loud));
const scale = task('scale', (n: number, by: number = 2) => n * by);
const sum = task('sum', (...numbers: number[]) => numbers.length);
const nested = task('nested', (_: { list: { row: Row; n: number }[]; map: Map<string, number> }) => true);
const maybe = task('maybe', (): Row | undefined => undefined);
const named = task(function namedFunction(a: number, b: string): [number, string] {
  return [a, b];
});
const union = task('union', (_: number | string) => undefined);
const nullable = task('nullable', (_: Row | null) => undefined);
const generic = task('generic', <T>(value: T): T => value);
const anything = task('anything', (value: unknown) => value);
const lists = task('lists', (): number[][] => []);
const listOf = task('list_of', (n: number): number[] => [n]);
const record = task('record', (_: Record<string, number>) => 1);
interface Tree {
  value: number;
  children: Tree[];
}
const tree = task('tree', (_: Tree) => 1);
const tree2 = task('tree2', (): Tree => ({ value: 1, children: [] }));
const makeList = task('make_list', (): { n: number }[] => []);
const readonlyList = task('readonly_list', (_: readonly { readonly n: number | string }[]) => 1);
const pair = task('pair', (_: [number, string]) => 1);
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what users write
const any = task('any', (value: any) => value as string);
const bytes = task('bytes', (_: Uint8Array) => 1);

export const results = flow('results', () => {
  expectTypeOf(makeNumber()).toEqualTypeOf<TaskFuture<number>>();
  expectTypeOf(makeText()).toEqualTypeOf<TaskFuture<string>>();
  expectTypeOf(makeRows()).toEqualTypeOf<TaskFuture<Row[]>>();
  expectTypeOf(named(1, 'x')).toEqualTypeOf<TaskFuture<[number, string]>>();
  expectTypeOf(double.map([1, 2])).toEqualTypeOf<MapFuture<number>>();
  expectTypeOf(double.map([1, 2])).toExtend<TaskFuture<number[]>>();
  expectTypeOf(double.with({ retries: 1 })(1)).toEqualTypeOf<TaskFuture<number>>();
  expectTypeOf(double.with({ tags: ['x'] }).map([1])).toEqualTypeOf<MapFuture<number>>();
  expectTypeOf(double.fn(1)).toEqualTypeOf<number>();
  expectTypeOf(makeText.fn()).toEqualTypeOf<Promise<string>>();
  expectTypeOf(named.fn).toEqualTypeOf<(a: number, b: string) => [number, string]>();
});

export const accepted = flow('accepted', () => {
  double(1);
  double(makeNumber());
  double(double(double(makeNumber())));
  add(makeNumber(), 2);
  add(1, makeRow().at('id'));
  save(makeRows());
  save([]);
  save([makeRow(), { id: 1, name: 'x', tags: [] }]);
  save([{ id: makeNumber(), name: makeText(), tags: [makeText(), 'x'] }]);
  show(makeRow());
  show({ id: 1, name: makeText(), tags: [], at: new Date() });
  greet('x');
  greet(makeText());
  greet('x', { loud: true });
  greet('x', {});
  sum();
  sum(1, makeNumber(), 3);
  nested({ list: [{ row: makeRow(), n: double(1) }], map: new Map([['x', 1]]) });
  nested({ list: [{ row: { id: makeNumber(), name: 'x', tags: [makeText()] }, n: 1 }], map: new Map() });
  union(1);
  union('x');
  union(makeNumber());
  union(makeText());
  nullable(null);
  nullable(makeRow());
  anything(makeRow());
  anything([{ deep: makeRow() }]);
  generic(1);
  bytes(new Uint8Array());
  record({ a: 1, b: makeNumber() });
  tree({ value: makeNumber(), children: [{ value: 1, children: [] }, tree2()] });
  readonlyList([{ n: makeNumber() }, { n: makeText() }, { n: 'x' }]);
  readonlyList(makeList());
  pair([1, 'x']);
  pair([makeNumber(), makeText()]);
  pair(named(1, 'x'));
  any(makeRow());
  any(1);
});

export const handlers = flow('handlers', async () => {
  const code = await makeNumber().catch((error: RunError) => error.code);
  expectTypeOf(code).toEqualTypeOf<number | RunError['code']>();
  await makeNumber().then(
    (n) => n,
    (error: Error) => error.message,
  );
  await makeNumber()
    .then((n) => n)
    .catch((error: RunError) => error.taskName);
});

export const refused = flow('refused', () => {
  // @ts-expect-error a text is no number
  double('1');
  // @ts-expect-error the future of a text is no number
  double(makeText());
  // @ts-expect-error an argument is missing
  add(1);
  // @ts-expect-error an argument too many
  double(1, 2);
  // @ts-expect-error the second has the wrong type
  add(makeNumber(), makeText());
  // @ts-expect-error one row is no list of rows
  save(makeRow());
  // @ts-expect-error a list of numbers is no list of rows
  save([makeNumber()]);
  // @ts-expect-error wrong in the depth
  save([{ id: makeText(), name: 'x', tags: [] }]);
  // @ts-expect-error wrong in the depth of the depth
  save([{ id: 1, name: 'x', tags: [makeNumber()] }]);
  // @ts-expect-error a property is missing
  show({ id: 1, name: 'x' });
  // @ts-expect-error a property too many
  show({ id: 1, name: 'x', tags: [], more: 1 });
  // @ts-expect-error an option of another type
  greet('x', { loud: 'yes' });
  // @ts-expect-error the wrong thing among the rest
  sum(1, 'x');
  // @ts-expect-error nested, at the end of a path
  nested({ list: [{ row: makeRow(), n: makeText() }], map: new Map() });
  // @ts-expect-error a value is wrong
  record({ a: makeText() });
  // @ts-expect-error wrong below
  tree({ value: 1, children: [{ value: makeText(), children: [] }] });
  // @ts-expect-error the second has another type
  pair([makeNumber(), makeNumber()]);
  // @ts-expect-error it may be undefined
  show(maybe());
  // @ts-expect-error neither of the two
  union(makeRow());
  // @ts-expect-error not a row
  nullable(makeNumber());
  // @ts-expect-error a promise is not a future
  double(Promise.resolve(1));
  // @ts-expect-error the parameters are checked also with options for the call
  double.with({ retries: 1 })('x');
  // @ts-expect-error no such call option
  double.with({ retry: 1 });
  // @ts-expect-error what to wait for is a list of futures
  double.with({ after: [1] });
  // @ts-expect-error a future is no number
  const _sum: number = makeNumber();
});

export const maps = flow('maps', () => {
  expectTypeOf(double.map([1, makeNumber()])).toEqualTypeOf<MapFuture<number>>();
  expectTypeOf(show.map(makeRows())).toEqualTypeOf<MapFuture<string>>();
  expectTypeOf(greet.map(show.map(makeRows()))).toEqualTypeOf<MapFuture<string>>();
  double.map(new Set([1, 2]));
  add.map([1, 2], 3);
  add.map([1, 2], unmapped(3));
  add.map([1, 2], unmapped(makeNumber()));
  greet.map(['a'], unmapped({ loud: true }));
  scale.map([1, 2], unmapped(3));
  add.map(double.map([1, 2]), [3, 4]);
  save.map([[], []]);
  save.map(unmapped(makeRows()));
  show.map([{ id: makeNumber(), name: 'x', tags: [] }, makeRow()]);
  nullable.map([null, makeRow()]);
  double.map(flatten(lists()));
  double.map(flatten(listOf.map([1, 2])));
  double.map(flatten([[1], [2]]));

  // @ts-expect-error texts are not numbers
  double.map(['1']);
  // @ts-expect-error items are numbers, rows are wanted
  show.map(double.map([1]));
  // @ts-expect-error the future of one row is nothing to map over
  show.map(makeRow());
  // @ts-expect-error an item among them is wrong
  double.map([1, makeText()]);
  // @ts-expect-error what goes to all has to fit as well
  add.map([1], unmapped('x'));
  // @ts-expect-error a future that goes to all has to fit as well
  add.map([1], unmapped(makeText()));
  // @ts-expect-error a plain value that goes to all has to fit as well
  add.map([1], 'x');
  // @ts-expect-error an argument is missing
  add.map([1]);
});

export const mapResults = flow('map results', async () => {
  const map = double.map([1, 2]);
  expectTypeOf(await map).toEqualTypeOf<number[]>();
  const settled = await map.settled();
  expectTypeOf(settled[0]?.value).toEqualTypeOf<number | undefined>();
  for await (const child of map.asCompleted()) expectTypeOf(child.index).toEqualTypeOf<number>();
});

export const parts = flow('parts', () => {
  expectTypeOf(makeRow().at('name')).toEqualTypeOf<TaskFuture<string>>();
  expectTypeOf(makeRow().at('tags').at(0)).toEqualTypeOf<TaskFuture<string>>();
  expectTypeOf(makeRows().at(0).at('id')).toEqualTypeOf<TaskFuture<number>>();
  expectTypeOf(makeRows().at(-1)).toEqualTypeOf<TaskFuture<Row>>();
  expectTypeOf(makeRow().at('at')).toEqualTypeOf<TaskFuture<Date | undefined>>();
  expectTypeOf(double.map([1]).at(0)).toEqualTypeOf<TaskFuture<number>>();
  double(makeRow().at('id'));

  // @ts-expect-error no such part
  makeRow().at('nothing');
  // @ts-expect-error an array's parts have numbers
  makeRows().at('id');
  // @ts-expect-error the part is a text
  double(makeRow().at('name'));
});

export const ordering = flow('ordering', () => {
  const [a, b, c] = [makeNumber(), makeText(), makeRows()];
  expectTypeOf(sequence(a, b, c)).toEqualTypeOf<TaskFuture<Row[]>>();
  expectTypeOf(sequence(a, [b, c])).toExtend<readonly TaskFuture<unknown>[]>();
  expectTypeOf(a.before(b)).toEqualTypeOf<TaskFuture<number>>();
  expectTypeOf(a.after(b, c)).toEqualTypeOf<TaskFuture<number>>();
  expectTypeOf(double.map([1]).after(a)).toEqualTypeOf<MapFuture<number>>();
  double.with({ after: [a, b, double.map([1])] })(1);
  // @ts-expect-error only futures can be ordered
  sequence(a, 1);
  // @ts-expect-error only futures can be ordered
  a.after('b');
});

export const awaiting = flow('awaiting', async () => {
  expectTypeOf(await makeRow()).toEqualTypeOf<Row>();
  expectTypeOf(await Promise.all([makeRow(), makeNumber()])).toEqualTypeOf<[Row, number]>();
  expectTypeOf(await Promise.race([makeRow(), makeText()])).toEqualTypeOf<Row | string>();
  expectTypeOf(await Promise.allSettled([makeNumber()])).toEqualTypeOf<[PromiseSettledResult<number>]>();
  expectTypeOf(await makeRow().then((row) => row.id)).toEqualTypeOf<number>();
  expectTypeOf(await makeNumber().catch(() => 'x')).toEqualTypeOf<number | string>();
  expectTypeOf(await makeNumber().finally(() => undefined)).toEqualTypeOf<number>();
});

// Datasets: made by a generator, mapped over, read as a stream.
const lines = task('lines', async function* () {
  yield { n: 1 };
});
const weigh = task('weigh', (line: { n: number }) => line.n);
const sumUp = task('sum up', { stream: true }, async (values: AsyncIterable<number>) => {
  let sum = 0;
  for await (const value of values) sum += value;
  return sum;
});
const tooWide = task('too wide', (line: { n: string }) => line.n);
export const streams = flow('streams', () => {
  const made = lines();
  const dataset: TaskFuture<Dataset<{ n: number }>> = made;
  sumUp(weigh.map(made));
  sumUp(weigh.map(range(10).length > 3 ? [{ n: 1 }] : []));
  sumUp([1, 2]);
  sumUp(task('some', () => [1])());
  weigh.with({ batch: 100, concurrency: 4, tolerate: '5%' }).map(made);
  // @ts-expect-error the items have a number
  tooWide.map(made);
  // @ts-expect-error a stream of numbers is asked for
  sumUp(['a']);
  return dataset;
});
const streamed: Promise<Dataset<{ n: number }>> = streams.run();
void streamed;
