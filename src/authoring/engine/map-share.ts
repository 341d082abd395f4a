/**
 * A part of a map as the only work of a flow run of its own, for maps that one run's record has no room for. Pure; a
 * runtime starts the run. Its value is what a batch reports: failures of items are in the report, not failures of the run.
 */
import { RunError } from '../../core/errors.js';
import { type BatchReport, type BatchSpec, type ItemFailure, reportedFailures } from '../../core/map-batch.js';
import { inlineLimitBytes, type Segment, storedIn } from '../../core/result-ref.js';
import type { MapOwner } from '../../core/protocol.js';
import { State } from '../../core/state.js';
import type { TaskPolicy } from '../../core/task-policy.js';
import { findTask } from '../definition.js';
import type { Priority } from '../priority-option.js';
import { unmapped } from '../unmapped.js';
import type { EnginePort, ShardInvocation } from './engine-port.js';
import type { FlowRun } from './flow-run.js';
import type { MapOptions } from './map-options.js';
import { itemHoles, itemSkips } from './item-positions.js';
import { MapRun } from './map-run.js';
import { endedShare } from './map-shares.js';

/** What the flow's run hands to this one. */
export interface MapShare {
  task: string;
  args: unknown[];
  spec: BatchSpec;
  batch: number | false | undefined;
  /** Absent: begun before it was said. */
  of?: MapOwner;
  policy?: Partial<TaskPolicy>;
  tags?: string[];
  priority?: Priority;
}

export const shareOf = (invocation: ShardInvocation, of: MapOwner): MapShare => {
  const { definition, args, spec, batch, policy, tags, priority } = invocation;
  const share: MapShare = { task: definition.name, args, spec, batch, of };
  if (policy !== undefined) share.policy = policy;
  if (tags !== undefined) share.tags = [...tags];
  if (priority !== undefined) share.priority = priority;
  return share;
};

const mapOptionsOf = ({ spec, batch }: MapShare): MapOptions => ({
  tolerate: '100%',
  ...(batch === undefined ? {} : { batch }),
  ...(spec.concurrency === undefined ? {} : { concurrency: spec.concurrency }),
});

/** @throws RunError TASK_NOT_FOUND */
export const runMapShare = async (flowRun: FlowRun, share: MapShare): Promise<BatchReport> => {
  const { task, args, spec, policy, tags, priority } = share;
  const definition = findTask(task);
  if (definition === undefined)
    throw new RunError('TASK_NOT_FOUND', `There is no task '${task}' in this bundle.`, { details: { taskName: task } });
  const given = args.map((arg, i) => (spec.inputs[i] === 'whole' ? unmapped(arg) : arg));
  const map = new MapRun(flowRun, spec.map, {
    definition,
    args: given,
    policy,
    tags,
    priority,
    map: mapOptionsOf(share),
    offset: spec.start,
    inlineBytes: spec.inlineBytes,
  });
  flowRun.add(map);
  map.open();
  const startedAt = Date.now();
  await flowRun.execute(() => undefined);
  return reportOf(map, { spec, ms: Date.now() - startedAt, port: flowRun.port });
};

const reportOf = async (
  map: MapRun,
  { spec, ms, port }: { spec: BatchSpec; ms: number; port: EnginePort },
): Promise<BatchReport> => {
  const { failed, first } = map.tally();
  const { segments, bytes } = await segmentsOf(map, { port, inlineBytes: spec.inlineBytes });
  const skipped = itemSkips(map).length;
  const cached =
    map.batches?.reports.cached ?? (map.children ?? []).filter(({ state }) => state === State.Cached).length;
  return {
    start: spec.start,
    end: spec.end,
    segments,
    ms,
    bytes,
    ...(skipped === 0 ? {} : { skipped }),
    ...(cached === 0 ? {} : { cached }),
    ...(first.length === 0 ? {} : { ended: failed }),
    ...(first.length === 0
      ? {}
      : {
          failures: first.slice(0, reportedFailures).map(({ index, state, message, error }) => ({
            index,
            state: state as ItemFailure['state'],
            name: (error?.cause as Error | undefined)?.name ?? error?.name ?? 'Error',
            message: (error?.cause as Error | undefined)?.message ?? message,
            attempts: 1,
          })),
        }),
  };
};

const segmentsOf = async (
  map: MapRun,
  { port, inlineBytes }: { port: EnginePort; inlineBytes: number | undefined },
): Promise<{ segments: Segment[]; bytes: number }> => {
  const ended = endedShare(map);
  if (ended.kind === 'stored' && ended.data.kind === 'sequence' && Array.isArray(ended.data.segments))
    return { segments: ended.data.segments, bytes: 0 };
  const items = ended.kind === 'items' ? [...ended.items] : [];
  const holes = itemHoles(map);
  const skipped = itemSkips(map);
  const withHoles = { ...(holes.length === 0 ? {} : { holes }), ...(skipped.length === 0 ? {} : { skipped }) };
  const bytes = items.some((item) => storedIn(item) !== undefined) ? Infinity : JSON.stringify(items).length;
  if (bytes <= Math.min(inlineLimitBytes, inlineBytes ?? inlineLimitBytes))
    return { segments: [{ length: items.length, items, ...withHoles }], bytes };
  const stored = await port.keep({ items });
  return { segments: [{ length: items.length, stored, ...withHoles }], bytes: stored.bytes };
};
