/** Which of a file's flows is meant. HOST, pure. */
import type { FlowSummary } from '../../activities/task-host.js';
import { UsageError } from '../../core/errors.js';
import { didYouMean } from '../../core/did-you-mean.js';

const list = (flows: readonly FlowSummary[]): string => flows.map(({ name }) => `\n  - ${name}`).join('');

/**
 * The flow called `name`, or exported under it; without a name the only one that the file itself declares, or of
 * several the only one that it exports, else the only one at all (flows of an imported file are there to be called by it).
 * @throws UsageError FLOW_NOT_FOUND, with the flows that there are
 */
export const chooseFlow = (
  flows: readonly FlowSummary[],
  { file, shown, name }: { file: string; shown: string; name?: string | undefined },
): FlowSummary => {
  const details = { file, ...(name === undefined ? {} : { flow: name }), flows: flows.map((flow) => flow.name) };
  const refuse = (message: string): UsageError => new UsageError('FLOW_NOT_FOUND', message, { details });
  if (flows.length === 0)
    throw refuse(
      `${shown} declares no flow. A flow is made by flow('name', () => { … }) at the top level of a module.`,
    );
  if (name !== undefined) {
    const named = flows.find((flow) => flow.name === name) ?? flows.find((flow) => flow.exportedAs === name);
    if (named !== undefined) return named;
    const names = flows.map((flow) => flow.name);
    throw refuse(`${shown} has no flow '${name}'.${didYouMean(name, names)} It has:${list(flows)}`);
  }
  const own = flows.filter((flow) => flow.file === file);
  const exported = own.filter((flow) => flow.exportedAs !== undefined);
  const candidates = exported.length === 1 ? exported : own.length > 0 ? own : flows;
  const [only] = candidates;
  if (candidates.length === 1 && only !== undefined) return only;
  throw refuse(`${shown} has ${candidates.length} flows: choose one with --flow.${list(candidates)}`);
};
