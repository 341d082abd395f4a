// Replays each kept history with the code as it is, and prints one JSON object: name → `null`, or what went wrong.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import proto from '@temporalio/proto';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { bundleFlows } from '../../dist/compiler/index.js';
import { payloadConverterPath } from '../../dist/project/payload-converter-path.js';

const [, , flowsFile, cacheDir, mode] = process.argv;
Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { forward: {}, filter: 'OFF' } } });
const bundle = await bundleFlows([flowsFile!], { projectRoot: join(flowsFile!, '..'), cacheDir: cacheDir! });
const { History } = proto.temporal.api.history.v1;
const results: Record<string, string | null> = {};
const root = join(import.meta.dirname, 'histories');
for (const release of readdirSync(root))
  for (const file of readdirSync(join(root, release))) {
    const history = JSON.parse(readFileSync(join(root, release, file), 'utf8')) as {
      events: [{ workflowExecutionStartedEventAttributes: { workflowId: string } }];
    };
    // Only in the test that a mismatch is seen: the first scheduled activity is another than the flow's.
    const tampered = JSON.stringify(history).replace('"activityType":{"name":"', '"activityType":{"name":"other_');
    try {
      await Worker.runReplayHistory(
        { workflowBundle: { codePath: bundle.path }, dataConverter: { payloadConverterPath } },
        History.fromObject(mode === 'tampered' ? (JSON.parse(tampered) as object) : history),
        history.events[0].workflowExecutionStartedEventAttributes.workflowId,
      );
      results[`${release}/${file}`] = null;
    } catch (error) {
      results[`${release}/${file}`] = `${(error as Error).name}: ${(error as Error).message}`;
    }
  }
console.log(JSON.stringify(results));
process.exit(0);
