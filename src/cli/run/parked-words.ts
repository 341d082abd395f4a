/** Why a run is parked, and what mends it, by what its workflow task failed with. HOST. Words only. */

export interface ParkedWords {
  /** A sentence without its full stop. */
  why: string;
  /** Begins small, as a part of a sentence. */
  mend: string;
}

/** The SDK ends flow code that does not give way to others. */
const isTooLong = (failure: string): boolean => failure.startsWith('Script execution timed out');

export const parkedWords = (failure = ''): ParkedWords =>
  isTooLong(failure)
    ? {
        why: 'The code of the flow ran on without waiting for anything',
        mend: 'move long computations into a task and end endless loops',
      }
    : {
        why: 'The code of the flow does not fit the history of this run',
        mend: 'bring back the code that it was started with',
      };
