/** The contract of flows, kept by runs in memory. */
import { declaredFlows } from '../../src/authoring/definition.js';
import { inline } from '../../src/index.js';
import { startInlineRun } from '../../src/inline/index.js';
import { groups } from './flow-semantics/cases.js';
import { expectOutcome } from './flow-semantics/expect-outcome.js';
import './flow-semantics/endings.js';
import './flow-semantics/guards.js';
import './flow-semantics/maps.js';
import './flow-semantics/notes.js';
import { observe } from './flow-semantics/observe.js';
import './flow-semantics/runs.js';
import { contractSecret } from './flow-semantics/secret-value.js';
import './flow-semantics/throws.js';
import './flow-semantics/triggers.js';
import './flow-semantics/waits.js';

process.env['CONTRACT_SECRET'] = contractSecret;
const executor = inline();

for (const [group, cases] of Object.entries(groups))
  describe(group, () => {
    test.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
      const definition = declaredFlows().find(({ name }) => name === one.flow);
      if (definition === undefined) throw new Error(`there is no flow '${one.flow}'`);
      const tags = one.tags === undefined ? {} : { tags: one.tags };
      const run = startInlineRun(definition, one.params, { ...tags, skipTime: executor.skipTime });
      expectOutcome(one, await observe(run, one));
    });
  });
