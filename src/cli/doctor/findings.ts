/** All that `perdure doctor` looks at, in the order in which it is told. HOST. */
import { inspectServer } from '../../dev-server/index.js';
import type { Project } from '../../project/index.js';
import type { Finding } from './finding.js';
import { machineFindings } from './machine.js';
import { packageFindings } from './packages.js';
import { serverFindings } from './server.js';
import { workerFindings } from './workers.js';

export const findings = async (project: Project): Promise<Finding[]> => {
  const [packages, inspection] = await Promise.all([packageFindings(), inspectServer(project)]);
  return [
    ...machineFindings(project),
    ...packages,
    ...serverFindings(inspection),
    ...workerFindings(project, inspection.server?.address),
  ];
};
