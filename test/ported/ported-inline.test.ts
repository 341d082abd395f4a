/** Prefect's own cases, in memory. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { declaredFlows } from '../../src/authoring/definition.js';
import { startInlineRun } from '../../src/inline/index.js';
import { expectOutcome } from '../contracts/flow-semantics/expect-outcome.js';
import { observe } from '../contracts/flow-semantics/observe.js';
import { groups } from './flows/cases.js';

const ledger = mkdtempSync(join(tmpdir(), 'perdure-ported-'));
beforeAll(() => void (process.env['LEDGER'] = ledger));
afterAll(() => rmSync(ledger, { recursive: true, force: true }));

for (const [group, all] of Object.entries(groups)) {
  const cases = all.filter(({ isServerOnly }) => !isServerOnly);
  if (cases.length > 0)
    describe(group, () => {
      test.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
        const definition = declaredFlows().find(({ name }) => name === one.flow);
        if (definition === undefined) throw new Error(`there is no flow '${one.flow}'`);
        const tags = one.tags === undefined ? {} : { tags: one.tags };
        // Where somebody answers, time must not run ahead of that.
        const run = startInlineRun(definition, one.params, { ...tags, skipTime: one.answer === undefined });
        expectOutcome(one, await observe(run, one));
      });
    });
}
