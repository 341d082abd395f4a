/** `sequence(a, b, c)`: the seed's `a >> b >> c`. Pure. */
import { sourceGiven } from './engine/source.js';
import type { TaskFuture } from './future.js';

type Stage = TaskFuture<unknown> | readonly TaskFuture<unknown>[];

const futuresOf = (stage: Stage): readonly TaskFuture<unknown>[] =>
  Array.isArray(stage) ? (stage as readonly TaskFuture<unknown>[]) : [stage as TaskFuture<unknown>];

/**
 * Orders runs one after the other, with no data passed; an array is a stage whose members run side by side.
 * Must be called in the tick of the calls themselves, before any `await`.
 * @returns the last stage
 * @throws AuthoringError LATE_EDGE, EDGE_CYCLE, NOT_A_FUTURE
 * @example sequence(extract(), [check(), backup()], load());
 */
export const sequence = <S extends Stage>(...stages: [...Stage[], S]): S => {
  for (const future of stages.flatMap(futuresOf)) sourceGiven(future, 'sequence(…)');
  stages.slice(1).forEach((stage, i) => {
    for (const later of futuresOf(stage)) later.after(...futuresOf(stages[i] as Stage));
  });
  return stages[stages.length - 1] as S;
};
