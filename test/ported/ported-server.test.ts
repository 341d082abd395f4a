/** Prefect's own cases, on Temporal: one server, bundle and worker for all. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectOutcome } from '../contracts/flow-semantics/expect-outcome.js';
import { runOnServer } from '../support/server-cases.js';
import { groups as all } from './flows/cases.js';

const files = ['maps', 'flatten', 'triggers', 'flow-runs', 'control-flow', 'tasks-3', 'flows-3', 'guards-3'];
const ledger = mkdtempSync(join(tmpdir(), 'perdure-ported-'));

const groups = Object.fromEntries(
  Object.entries(all).map(([group, cases]) => [group, cases.filter(({ isMemoryOnly }) => !isMemoryOnly)]),
);

let outcomeOf: Awaited<ReturnType<typeof runOnServer>>;
beforeAll(async () => {
  outcomeOf = await runOnServer({
    folder: join(import.meta.dirname, 'flows'),
    files: files.map((name) => `${name}.ts`),
    groups,
    env: { LEDGER: ledger },
  });
}, 240_000);
afterAll(() => rmSync(ledger, { recursive: true, force: true }));

for (const [group, cases] of Object.entries(groups))
  describe(group, () => {
    test.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => {
      expectOutcome(one, outcomeOf(group, one));
    });
  });
