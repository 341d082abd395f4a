/** A history is replayed beside whatever else of the SDK this process opens and closes. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Runtime } from '@temporalio/worker';
import proto from '@temporalio/proto';
import { bundleFlows } from '../../src/compiler/index.js';
import { replayRun } from '../../src/worker/replay-run.js';

const replays = join(import.meta.dirname, '../replay');
const folder = mkdtempSync(join(tmpdir(), 'perdure-replay-run-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('connections and workers that are closed while it is being set up do not end its runtime', async () => {
  const kept = JSON.parse(readFileSync(join(replays, 'histories/0.1.0/cancelled.json'), 'utf8')) as {
    events: [{ workflowExecutionStartedEventAttributes: { workflowId: string } }];
  };
  const { path } = await bundleFlows([join(replays, 'flows.ts')], { projectRoot: replays, cacheDir: folder });
  // What the SDK does whenever one is closed.
  const closing = setInterval(() => void Runtime.instance()['shutdownIfIdle'](), 1);
  try {
    const replayed = await replayRun({
      history: proto.temporal.api.history.v1.History.fromObject(kept),
      runId: kept.events[0].workflowExecutionStartedEventAttributes.workflowId,
      bundlePath: path,
      store: pathToFileURL(join(folder, 'results')).href,
    });
    expect(replayed).toEqual({ kind: 'same' });
  } finally {
    clearInterval(closing);
  }
});
