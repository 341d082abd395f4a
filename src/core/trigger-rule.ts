/**
 * Trigger rules: whether a run may start, told from how its upstream has ended. Pure data and one function over counts,
 * the same in the flow and in a batch on the host. Prefect 1's rules: Skipped counts as success, TriggerFailed as failure.
 */

/** A trigger rule. Plain data: make it with the names that `perdure` exports, such as `allFinished`. */
export type TriggerRule =
  | {
      readonly kind:
        'allSuccessful' | 'allFailed' | 'anySuccessful' | 'anyFailed' | 'allFinished' | 'notAllSkipped' | 'manualOnly';
    }
  | ({ readonly kind: 'someSuccessful' | 'someFailed' } & TriggerBounds);

/** How many of the upstream, both ends included; below 1 a share of them. Left out: no bound. */
export interface TriggerBounds {
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** How an upstream has ended; a map counts as its children. */
export interface UpstreamCounts {
  /** Those that were skipped among them. */
  succeeded: number;
  skipped: number;
  failed: number;
  /** Of the failed, those that their own map bears (`tolerate`, `firstSuccesses`). */
  borne: number;
}

export const noUpstream: Readonly<UpstreamCounts> = { succeeded: 0, skipped: 0, failed: 0, borne: 0 };

const kinds: ReadonlySet<unknown> = new Set<TriggerRule['kind']>([
  'allSuccessful',
  'allFailed',
  'anySuccessful',
  'anyFailed',
  'allFinished',
  'notAllSkipped',
  'someSuccessful',
  'someFailed',
  'manualOnly',
]);

export const isTriggerRule = (value: unknown): value is TriggerRule =>
  typeof value === 'object' && value !== null && kinds.has((value as { kind?: unknown }).kind);

const isWithin = (count: number, total: number, { atLeast = 0, atMost = total }: TriggerBounds): boolean => {
  const bound = (value: number): number => (value < 1 ? value * total : value);
  // A bound on all of them is given as a number: 1 is one, never 100 %.
  return bound(atLeast) <= count && count <= bound(atMost);
};

/** What follows from `rule` when there is any upstream. Skipped upstream has been looked at before. */
export const verdictOf = (rule: TriggerRule, counts: UpstreamCounts): 'run' | 'skip' | 'fail' => {
  const { succeeded, skipped, failed, borne } = counts;
  const total = succeeded + failed;
  const when = (isMet: boolean): 'run' | 'fail' => (isMet ? 'run' : 'fail');
  switch (rule.kind) {
    case 'allSuccessful':
      return when(failed === borne);
    case 'allFailed':
      return when(succeeded === 0);
    case 'anySuccessful':
      return when(succeeded > 0);
    case 'anyFailed':
      return when(failed > 0);
    case 'allFinished':
    case 'manualOnly':
      return 'run';
    case 'notAllSkipped':
      return total === skipped ? 'skip' : when(failed === borne);
    case 'someSuccessful':
      return when(isWithin(succeeded, total, rule));
    case 'someFailed':
      return when(isWithin(failed, total, rule));
  }
};

/** The rule as it is written. */
export const ruleText = (rule: TriggerRule): string => {
  if (rule.kind !== 'someSuccessful' && rule.kind !== 'someFailed') return rule.kind;
  const bounds = (['atLeast', 'atMost'] as const).filter((bound) => rule[bound] !== undefined);
  return `${rule.kind}({ ${bounds.map((bound) => `${bound}: ${rule[bound]}`).join(', ')} })`;
};
