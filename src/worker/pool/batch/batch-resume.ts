/**
 * What follows from how the last run of a batch ended: which items end with it, which are charged, which are under
 * suspicion and run alone. Host, inside a child, where the user's functions are. A process that dies under several
 * items blames none of them; one that dies under a single one does.
 */
import type { ChildDeath } from '../../../activities/task-host.js';
import type { TaskOptions } from '../../../authoring/options.js';
import { crashReruns, type TaskPolicy } from '../../../core/task-policy.js';
import { judge } from '../judge.js';
import type { ItemPast, Recalled } from './checkpoint.js';
import { timeoutError } from './item-run.js';

export interface ResumeSituation {
  policy: TaskPolicy;
  functions: TaskOptions | undefined;
  recalled: Recalled;
  /** The fence of the run before this one; the records may end earlier. */
  previousFence: string;
  /** How the child of the run before ended; absent: the run before is not known to have killed anything. */
  death: ChildDeath | undefined;
  isFinished: (position: number) => boolean;
  labelOf: (position: number) => string;
}

export interface ResumePlan {
  /** Write each start down before it happens. */
  isJournaled: boolean;
  alone: number[];
  /** Deaths that are charged to one item, this one and earlier ones. */
  charges: number;
  past: Map<number, ItemPast>;
  ended: { position: number; state: 'Crashed' | 'TimedOut'; message: string; attempts: number }[];
}

const none: ItemPast = { attempts: 0, charged: 0, crashes: 0 };

/** Unfinished items that the last run may have died of; `undefined`: any that is not finished. */
const suspectsOf = ({ recalled, previousFence, death, isFinished, policy }: ResumeSituation): number[] | undefined => {
  const open = recalled.inFlight?.filter((position) => !isFinished(position));
  // What must not run twice is judged by the last journal there is, whoever wrote it.
  if (policy.onCrash === 'fail') return open ?? [];
  if (death?.position !== undefined) return [death.position];
  return recalled.lastFence === previousFence ? open : undefined;
};

/** One item under which the process died, and nothing beside it. */
const charge = async (position: number, plan: ResumePlan, situation: ResumeSituation): Promise<void> => {
  const { policy, functions, death, labelOf } = situation;
  const past = plan.past.get(position) ?? none;
  const attempts = past.attempts + 1;
  const label = labelOf(position);
  if (death?.kind === 'timedOut' && policy.timeoutMs !== undefined) {
    const error = timeoutError(label, policy.timeoutMs);
    const verdict = await judge({ error, policy, charged: past.charged }, functions);
    if (!verdict.retry) plan.ended.push({ position, state: 'TimedOut', message: error.message, attempts });
    else
      plan.past.set(position, {
        ...past,
        attempts,
        charged: past.charged + 1,
        isStuck: true,
        retryAtMs: Date.now() + (verdict.delayMs ?? 0),
      });
    return;
  }
  const crashes = past.crashes + 1;
  plan.past.set(position, { ...past, attempts, crashes });
  if (crashes > crashReruns(policy) || policy.onCrash === 'fail')
    plan.ended.push({ position, state: 'Crashed', message: `${label} crashed: its process ${death?.cause}`, attempts });
};

const endAll = (positions: readonly number[], plan: ResumePlan, { death, labelOf }: ResumeSituation): void => {
  const cause = death ? `its process ${death.cause}` : 'it was lost with its worker';
  for (const position of positions) {
    const attempts = (plan.past.get(position)?.attempts ?? 0) + 1;
    const message = `${labelOf(position)} crashed: ${cause}, and its \`onCrash\` is 'fail'`;
    plan.ended.push({ position, state: 'Crashed', message, attempts });
  }
};

export const planResume = async (situation: ResumeSituation): Promise<ResumePlan> => {
  const { policy, recalled, death, isFinished } = situation;
  const past = new Map([...recalled.past].filter(([position]) => !isFinished(position)));
  const plan: ResumePlan = { isJournaled: policy.onCrash === 'fail', alone: [], charges: 0, past, ended: [] };
  const isBlamed = death !== undefined && death.kind !== 'neighbour';
  if (policy.onCrash === 'fail') {
    const suspects = suspectsOf(situation) ?? [];
    if (suspects.length === 1 && isBlamed) await charge(suspects[0]!, plan, situation);
    else endAll(suspects, plan, situation);
  } else if (isBlamed) {
    const suspects = suspectsOf(situation) ?? [];
    if (suspects.length === 1) await charge(suspects[0]!, plan, situation);
    else plan.alone.push(...suspects);
    plan.isJournaled = true;
  }
  for (const { crashes, charged } of plan.past.values()) plan.charges += crashes + charged;
  const isEnded = new Set(plan.ended.map(({ position }) => position));
  // Those that took their process with them before may do it again.
  const crashed = [...plan.past].filter(([, { crashes, isStuck }]) => crashes > 0 || isStuck).map(([at]) => at);
  plan.alone = [...new Set([...plan.alone, ...crashed])].filter((p) => !isEnded.has(p)).sort((a, b) => a - b);
  if (plan.alone.length > 0) plan.isJournaled = true;
  return plan;
};
