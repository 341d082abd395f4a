import type { Client } from '@temporalio/client';
import { unfinishedRuns } from '../../src/client.js';

const run = (workflowId: string, more: object = {}): object => ({
  ...{ workflowId, type: 'F', taskQueue: 'q', memo: { perdure: { source: 'flows.ts' } } },
  ...more,
});

const clientThatLists = (...runs: object[]): Client =>
  ({
    workflow: {
      async *list() {
        yield* runs;
      },
    },
  }) as unknown as Client;

test('flows that a run has called, and the shards of its maps, are no runs of their own', async () => {
  const client = clientThatLists(
    run('parent'),
    run('parent/child-0', { parentExecution: { workflowId: 'parent', runId: 'r' } }),
    run('foreign', { memo: {} }),
  );
  expect((await unfinishedRuns(client)).map(({ runId }) => runId)).toEqual(['parent']);
  expect(await unfinishedRuns(client, new Set(['other.ts']))).toEqual([]);
});
