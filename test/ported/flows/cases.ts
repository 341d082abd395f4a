// Every case of Prefect's, by where it is from.
import { flattenCases, mappingDocs } from './flatten.js';
import { mapCases } from './maps.js';
import type { PortedCase } from './ported-case.js';

export const groups: Record<string, PortedCase[]> = {
  'Prefect 1.4.1, tests/core/test_task_map.py': mapCases,
  'Prefect 1.4.1, tests/core/test_task_map.py, flatten and loops': flattenCases,
  'Prefect 1.4.1, docs/core/concepts/mapping.md': mappingDocs,
};
