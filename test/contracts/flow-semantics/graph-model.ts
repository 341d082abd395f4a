// Random graphs, and a model of what comes of them that knows SEMANTICS and nothing of the engine. Plain data in and out.
import type { How } from './tasks.js';

export interface GraphNode {
  kind: 'task' | 'map' | 'chain';
  /** Earlier nodes; of a chain: the one map whose items it goes on with. */
  upstream: number[];
  rule: 'allSuccessful' | 'allFailed' | 'anySuccessful' | 'anyFailed' | 'allFinished' | 'notAllSkipped';
  skips: boolean;
  /** Of a task. */
  how: How;
  /** Of a map: what each item does. */
  items: How[];
  batch: number | false;
}

export interface Ended {
  state: string;
  value: unknown;
}

/** A node that has ended; of a map that got them, its items. */
interface Told extends Ended {
  items?: Ended[];
  /** What those see that run all the same. */
  given: unknown;
}

const isBad = ({ state }: Ended): boolean => state === 'Failed' || state === 'TriggerFailed';
const leavesOf = (told: Told): Ended[] => told.items ?? [told];

const verdict = (rule: GraphNode['rule'], leaves: readonly Ended[]): 'run' | 'Skipped' | 'TriggerFailed' => {
  const bad = leaves.filter(isBad).length;
  const good = leaves.length - bad;
  const skipped = leaves.filter(({ state }) => state === 'Skipped').length;
  if (rule === 'notAllSkipped' && skipped === leaves.length) return 'Skipped';
  const isMet = {
    allSuccessful: bad === 0,
    notAllSkipped: bad === 0,
    allFailed: good === 0,
    anySuccessful: good > 0,
    anyFailed: bad > 0,
    allFinished: true,
  }[rule];
  return isMet ? 'run' : 'TriggerFailed';
};

const total = (value: unknown): number =>
  Array.isArray(value)
    ? value.reduce<number>((sum, one) => sum + total(one), 0)
    : typeof value === 'number'
      ? value
      : 0;

const ran = (how: How, value: number): Ended =>
  how === 'ok' ? { state: 'Completed', value } : { state: how === 'skip' ? 'Skipped' : 'Failed', value: undefined };
const without = (state: string): Told => ({ state, value: undefined, given: undefined });

const mapOf = (items: Ended[]): Told => {
  const given = items.map(({ value }) => value);
  const isFailed = items.some(isBad);
  return { state: isFailed ? 'Failed' : 'Completed', value: isFailed ? undefined : given, given, items };
};

/** Whether anything starts, told from all the upstream together. */
const gate = ({ rule, skips, upstream }: GraphNode, before: readonly Told[]): 'run' | 'Skipped' | 'TriggerFailed' => {
  const leaves = upstream.flatMap((at) => leavesOf(before[at] as Told));
  if (upstream.length === 0) return 'run';
  if (skips && leaves.some(({ state }) => state === 'Skipped')) return 'Skipped';
  return verdict(rule, leaves);
};

const chainOf = (one: GraphNode, id: number, over: Told): Told => {
  if (over.items === undefined) {
    if (over.state === 'Skipped' && one.skips) return without('Skipped');
    // There is nothing to go on with: of what failed, or of what has no value.
    return without(isBad(over) ? 'TriggerFailed' : 'Failed');
  }
  const width = Math.min(one.items.length, over.items.length);
  return mapOf(
    one.items.slice(0, width).map((how, i) => {
      const item = over.items?.[i] as Ended;
      const held = gate({ ...one, upstream: [0] }, [{ ...item, given: item.value }]);
      return held === 'run' ? ran(how, id + total(item.value)) : { state: held, value: undefined };
    }),
  );
};

const told = (one: GraphNode, id: number, before: readonly Told[]): Told => {
  if (one.kind === 'chain') return chainOf(one, id, before[one.upstream[0] ?? 0] as Told);
  const held = gate(one, before);
  const inputs = total(one.upstream.map((at) => before[at]?.given));
  if (one.kind === 'task') {
    if (held !== 'run') return without(held);
    const ended = ran(one.how, id + inputs);
    return { ...ended, given: ended.value };
  }
  // Nothing to run needs no leave to run; that its upstream was skipped is looked at before.
  if (
    held === 'Skipped' &&
    one.skips &&
    one.upstream.some((at) => leavesOf(before[at] as Told).some(({ state }) => state === 'Skipped'))
  )
    return without('Skipped');
  if (one.items.length === 0) return mapOf([]);
  return held === 'run' ? mapOf(one.items.map((how) => ran(how, id + inputs))) : without(held);
};

export const modelOf = (nodes: readonly GraphNode[]): Ended[] => {
  const before: Told[] = [];
  for (const [id, one] of nodes.entries()) before.push(told(one, id, before));
  return before.map(({ state, value }) => ({ state, value }));
};
