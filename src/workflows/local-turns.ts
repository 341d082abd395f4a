/**
 * What follows from the results of local activities, one after the other. SANDBOX. A run hears of each when it has come;
 * a replay hears of all that lie in one workflow task at once. Were they handed on as they are heard, what two of them
 * lead to would be interleaved in the replay alone, and not fit the history.
 */
import { CancellationScope, condition, patched } from '@temporalio/workflow';

let underway = 0;
let isTaken = false;

/** Gives the turn away when nothing more follows: the SDK looks at conditions when all else that can run has run. */
const passOn = async (): Promise<void> => {
  let isLater = false;
  await condition(() => {
    const isOver = isLater;
    isLater = true;
    return isOver;
  });
  isTaken = false;
};

const takeTurn = async (): Promise<void> => {
  await condition(() => {
    const isFree = !isTaken;
    isTaken = true;
    return isFree;
  });
  void passOn();
};

/** The result of the local activity that `start` starts. */
export const inTurn = async <R>(start: () => Promise<R>): Promise<R> => {
  underway += 1;
  try {
    return await start();
  } finally {
    underway -= 1;
    // Alone, and not in somebody's turn, there is nothing to be told apart.
    if ((underway > 0 || isTaken) && patched('perdure.local-turns')) await CancellationScope.nonCancellable(takeTurn);
  }
};
