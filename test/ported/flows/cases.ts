// Every case of Prefect's, by where it is from.
import { controlFlowCases } from './control-flow.js';
import { flattenCases, mappingDocs } from './flatten.js';
import { idiomCases, runnerCases } from './flow-runs.js';
import { flowCases, flowRetryCases } from './flows-3.js';
import { cacheCases, concurrencyCases, transactionCases } from './guards-3.js';
import { mapCases } from './maps.js';
import type { PortedCase } from './ported-case.js';
import { mapCases3, retryCases, submitCases } from './tasks-3.js';
import { triggerCases } from './triggers.js';

export const groups: Record<string, PortedCase[]> = {
  'Prefect 1.4.1, tests/core/test_task_map.py': mapCases,
  'Prefect 1.4.1, tests/core/test_task_map.py, flatten and loops': flattenCases,
  'Prefect 1.4.1, docs/core/concepts/mapping.md': mappingDocs,
  'Prefect 1.4.1, tests/test_triggers.py': triggerCases,
  'Prefect 1.4.1, tests/engine/test_flow_runner.py and tests/core/test_flow.py': runnerCases,
  'Prefect 1.4.1, docs/core/idioms': idiomCases,
  'Prefect 1.4.1, tests/tasks/test_control_flow.py': controlFlowCases,
  'Prefect 3, tests/test_tasks.py, submit and allow_failure': submitCases,
  'Prefect 3, tests/test_tasks.py and test_futures.py, maps': mapCases3,
  'Prefect 3, tests/test_task_engine.py, retries': retryCases,
  'Prefect 3, tests/test_flow_engine.py, retries of flows': flowRetryCases,
  'Prefect 3, tests/test_flows.py': flowCases,
  'Prefect 3, tests/test_tasks.py, caching': cacheCases,
  'Prefect 3, tests/test_transactions.py': transactionCases,
  'Prefect 3, tests/concurrency and test_task_engine.py': concurrencyCases,
};
