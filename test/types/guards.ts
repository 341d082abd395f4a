/** Cache, limits and priority, to the compiler alone; never run. */
import { expectTypeOf } from 'expect-type';
import { task, type TaskOptions } from '../../src/authoring/index.js';

const shared: TaskOptions = { cache: { key: 'inputs', expires: '1 hour' }, limits: [{ name: 'api', slots: 5 }] };
task('shared', { ...shared, retries: 2 }, async (day: string, page: number) => `${day} ${page}`);
task(
  'own',
  {
    cache: {
      key: (day, page, run) => {
        expectTypeOf(day).toEqualTypeOf<string>();
        expectTypeOf(page).toEqualTypeOf<number>();
        return `${run.runId} ${day} ${page}`;
      },
    },
    limits: [{ name: 'tenant', slots: 1, key: (day) => day }],
  },
  async (day: string, page: number) => `${day} ${page}`,
);
// @ts-expect-error a key is a text
task('wrong key', { limits: [{ name: 'tenant', key: (n) => n }] }, async (n: number) => n);
