// Records the histories of the flows in flows.ts that this release has none of.
// npm run build && node --import tsx test/replay/record.ts
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import proto from '@temporalio/proto';
import type { RunHandle } from 'perdure';
import * as flows from './flows.js';

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
  version: string;
};
const { History } = proto.temporal.api.history.v1;
const folder = join(import.meta.dirname, 'histories', version);
mkdirSync(folder, { recursive: true });

for (const [name, flow] of Object.entries(flows)) {
  const path = join(folder, `${name}.json`);
  if (existsSync(path)) continue;
  const handle = await (flow as { start(): Promise<RunHandle<unknown>> }).start();
  await handle.result().catch(() => undefined);
  writeFileSync(
    path,
    JSON.stringify(
      History.toObject(History.fromObject(await handle.workflow.fetchHistory()), {
        longs: String,
        bytes: String,
      }),
    ),
  );
  console.log(`recorded ${version}/${name}`);
}
