/** The ids that runs get when the user gives none. HOST. */
import { randomBytes } from 'node:crypto';

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
export const newRunId = (flowName: string, template: string | undefined, params: unknown): string => {
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
