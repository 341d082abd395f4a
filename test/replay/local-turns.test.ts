/** Local tasks side by side: a worker that takes their run over comes to the same calls in the same order. */
import { join } from 'node:path';
import { createTestEnvironment, replayHistory, type TestEnvironment } from '../../src/testing/index.js';
import * as flows from './local-flows.js';

const files = [join(import.meta.dirname, 'local-flows.ts')];
let env: TestEnvironment;

beforeAll(async () => {
  env = await createTestEnvironment();
}, 120_000);
afterAll(() => env.close());

test.each(Object.values(flows).map((flow) => ({ flow, name: flow.flowName })))(
  'what follows from parallel local tasks replays: $name',
  async ({ flow }) => {
    const values: unknown[] = [];
    for (let round = 0; round < 3; round++) {
      const run = await flow.start({}, { executor: env.executor });
      values.push(await run.result());
      await replayHistory(await run.workflow.fetchHistory(), { files });
    }
    expect(values).toEqual([values[0], values[0], values[0]]);
  },
  120_000,
);
