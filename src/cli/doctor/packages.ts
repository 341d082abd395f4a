/** Whether the packages with native parts load here. HOST. */
import { fail, ok, type Finding } from './finding.js';

const loads = async (subject: string, load: () => Promise<unknown>): Promise<Finding> => {
  const startedAt = performance.now();
  try {
    await load();
    return ok(subject, `loads in ${Math.round(performance.now() - startedAt)} ms`);
  } catch (error) {
    return fail(
      subject,
      `does not load: ${(error as Error).message}`,
      'Install the packages again, on this very platform: remove node_modules, then npm install.',
    );
  }
};

/** One after the other: loading is what takes the time. */
export const packageFindings = async (): Promise<Finding[]> => [
  await loads('worker SDK', () => import('@temporalio/worker')),
  await loads('client SDK', () => import('@temporalio/client')),
  await loads('TypeScript', () => import('tsx/esm/api')),
];
