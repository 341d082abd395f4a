/** The ids of runs: the user's own, or made of the flow's name. HOST. */
import { randomBytes } from 'node:crypto';
import { AuthoringError } from '../core/errors.js';
import { runIdProblem } from '../core/run-id-problem.js';

/** The id that a run gets: `given`, or a new one. @throws AuthoringError BAD_OPTION */
export const runIdOf = (
  given: string | undefined,
  flow: { name: string; idTemplate?: string | undefined },
  params: unknown,
): string => {
  const id = given ?? newRunId(flow.name, flow.idTemplate, params);
  const problem = runIdProblem(id);
  if (problem === undefined) return id;
  const option = given === undefined ? 'name' : 'id';
  throw new AuthoringError(
    'BAD_OPTION',
    `Expected the ${given === undefined ? `id that the flow '${flow.name}' makes of its option \`name\`` : 'option `id`'} to be a text that names the run, got ${problem}.`,
    { details: { option, flowName: flow.name } },
  );
};

const slug = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80) || 'run';

const random = (): string => randomBytes(4).toString('hex');

/** `parallel-data-pipeline-20260131-9f3c21ab`, or the flow's own `name` template filled in. */
const newRunId = (flowName: string, template: string | undefined, params: unknown): string => {
  const date = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  if (template === undefined) return `${slug(flowName)}-${date}-${random()}`;
  const values: Record<string, unknown> = {
    ...(params as Record<string, unknown>),
    flow: slug(flowName),
    date,
    random: random(),
  };
  return template.replace(/\{(\w+)\}/g, (whole, key: string) => (key in values ? String(values[key]) : whole));
};
