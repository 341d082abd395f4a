/** What `perdure dev` and `perdure worker` say about themselves and the flows that they host. HOST, pure. */
import type { FlowSummary } from '../activities/task-host.js';
import { invocation, shellQuoted } from './invocation.js';
import { oneLine } from './printable.js';
import { fromHere } from './source-file.js';

export const flowLines = (flows: readonly FlowSummary[]): string[] =>
  flows.length === 0
    ? ['  no flows: tasks only']
    : flows.map(({ name, file }) => `  ${oneLine(name)}${file === undefined ? '' : `  (${fromHere(file)})`}`);

/** How to start one of the flows, from here and with Temporal's own command. */
export const startLines = (
  flows: readonly FlowSummary[],
  { address, taskQueue, files }: { address: string; taskQueue: string; files: readonly string[] },
): string[] => {
  const [flow] = flows;
  const [file] = files;
  if (flow === undefined || file === undefined) return [];
  const name = flows.length === 1 ? '' : ` --flow ${shellQuoted(oneLine(flow.name))}`;
  return [
    `  ${invocation()} run ${shellQuoted(fromHere(flow.file !== undefined && files.includes(flow.file) ? flow.file : file))}${name}`,
    `  temporal workflow start --address ${address} --task-queue ${shellQuoted(taskQueue)} --type ${shellQuoted(oneLine(flow.name))} --input '{}'`,
  ];
};
