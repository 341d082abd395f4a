/** What a flow takes and gives: parameters, a schema's two sides, the value with its futures resolved. Never run. */
import { expectTypeOf } from 'expect-type';
import { z } from 'zod';
import {
  type MapFuture,
  type RunHandle,
  type Settled,
  type TaskFuture,
  flow,
  task,
} from '../../src/authoring/index.js';

interface Row {
  id: number;
  when: Date;
}
const makeRow = task('make_row', async (): Promise<Row> => ({ id: 1, when: new Date() }));
const text = task('text', () => 'x');
const double = task('double', (n: number) => n * 2);

const plain = flow('plain', () => 1);
const one = flow('one', () => makeRow());
const asynchronous = flow('async', async () => makeRow());
const awaited = flow('awaited', async () => await makeRow());
const structure = flow('structure', () => ({
  row: makeRow(),
  list: [double(1), 2],
  map: double.map([1]),
  at: new Date(),
}));
const tuple = flow('tuple', () => [makeRow(), double(1)] as const);
const nothing = flow('nothing', () => {
  double(1);
});
const branching = flow('branching', async () => ((await double(1)) > 1 ? makeRow() : undefined));
const ends = flow('ends', () => double.map([1]).settled());
const all = flow('all', () => Promise.all([makeRow(), double(1)]));

export const values = async (): Promise<void> => {
  expectTypeOf(await plain.run()).toEqualTypeOf<number>();
  expectTypeOf(await one.run()).toEqualTypeOf<Row>();
  expectTypeOf(await asynchronous.run()).toEqualTypeOf<Row>();
  expectTypeOf(await awaited.run()).toEqualTypeOf<Row>();
  expectTypeOf(await structure.run()).toEqualTypeOf<{ row: Row; list: number[]; map: number[]; at: Date }>();
  expectTypeOf(await tuple.run()).toEqualTypeOf<readonly [Row, number]>();
  expectTypeOf(await nothing.run()).toEqualTypeOf<void>();
  expectTypeOf(await branching.run()).toEqualTypeOf<Row | undefined>();
  expectTypeOf(await all.run()).toEqualTypeOf<[Row, number]>();
  expectTypeOf(await ends.run()).toEqualTypeOf<Settled<number>[]>();
  expectTypeOf(await one.start()).toEqualTypeOf<RunHandle<Row>>();
  expectTypeOf((await one.start()).result()).toEqualTypeOf<Promise<Row>>();
  await plain.run({}, { executor: { kind: 'local' }, id: 'x', tags: ['y'] });
  await plain.run(undefined, { id: 'x' });
};

const typed = flow('typed', (params: { day: string; rows?: Row[] }) => params.day);
const optional = flow('optional', (params: { day?: string }) => params.day ?? '');

export const parameters = async (): Promise<void> => {
  await typed.run({ day: 'x' });
  await typed.run({ day: 'x', rows: [] }, { id: 'x' });
  await optional.run();
  await optional.run({});
  await optional.run({ day: 'x' });
  // @ts-expect-error the parameters are missing
  await typed.run();
  // @ts-expect-error one of them is missing
  await typed.run({});
  // @ts-expect-error of another type
  await typed.run({ day: 1 });
  // @ts-expect-error one too many
  await typed.run({ day: 'x', night: 'y' });
  // @ts-expect-error no such option of a run
  await typed.run({ day: 'x' }, { ID: 'x' });
  // @ts-expect-error a future exists inside flows only
  await typed.run({ day: makeRow() });
};

const schema = z.object({
  count: z.coerce.number().default(3),
  day: z.string().transform((text) => new Date(text)),
  mode: z.enum(['fast', 'slow']).optional(),
});
const checked = flow('checked', { params: schema, retries: 2, timeout: '1 hour' }, (params) => {
  expectTypeOf(params).toEqualTypeOf<{ count: number; day: Date; mode?: 'fast' | 'slow' | undefined }>();
  return double(params.count);
});
const defaulted = flow('defaulted', { params: z.object({ n: z.number().default(1) }) }, ({ n }) => n);

export const schemas = async (): Promise<void> => {
  expectTypeOf(await checked.run({ day: '2026-01-31' })).toEqualTypeOf<number>();
  await checked.run({ day: '2026-01-31', count: 4, mode: 'fast' });
  await defaulted.run();
  await defaulted.run({ n: 4 });
  // @ts-expect-error the input is a text, the Date comes out of it
  await checked.run({ day: new Date() });
  // @ts-expect-error what has no default has to be given
  await checked.run();
  // @ts-expect-error not one of them
  await checked.run({ day: 'x', mode: 'other' });
  // @ts-expect-error the input of a number is a number
  await defaulted.run({ n: 'x' });
};

flow('parent', async () => {
  expectTypeOf(one()).toEqualTypeOf<TaskFuture<Row>>();
  expectTypeOf(structure().at('list')).toEqualTypeOf<TaskFuture<number[]>>();
  expectTypeOf(typed.map([{ day: 'x' }])).toEqualTypeOf<MapFuture<string>>();
  expectTypeOf(typed.with({ name: 'x' })({ day: 'x' })).toEqualTypeOf<TaskFuture<string>>();
  typed({ day: text(), rows: [makeRow(), { id: double(1), when: new Date() }] });
  checked({ day: typed({ day: 'x' }), count: double(1) });
  defaulted();
  defaulted({ n: double(2) });
  plain();
  plain.map([{}, {}]);
  // @ts-expect-error the parameters are missing
  typed();
  // @ts-expect-error the future of a number is no text
  typed({ day: double(1) });
  // @ts-expect-error an item is wrong
  typed.map([{ day: 1 }]);
  // @ts-expect-error the schema's input is a text
  checked({ day: makeRow().at('when') });
});

export const declarations = (): void => {
  // @ts-expect-error a task has a body
  task('x');
  // @ts-expect-error a name is a text
  task(1, () => 1);
  // @ts-expect-error no such option
  task('x', { retry: 1 }, () => 1);
  // @ts-expect-error a duration is a number or a text
  task('x', { timeout: true }, () => 1);
  // @ts-expect-error no such option
  flow('x', { retry: 1 }, () => 1);
  // @ts-expect-error a flow takes one parameters object
  flow('x', (a: { n: number }, b: number) => a.n + b);
  // @ts-expect-error the body takes what the schema gives
  flow('x', { params: z.object({ n: z.number() }) }, (params: { n: string }) => params.n);
};
