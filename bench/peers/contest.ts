/** Lets contenders do one work in turns. One that fails is out for this work, and it is told why. */
import type { Contender, Measurement } from './contender.js';

export interface Entrant {
  contender: Contender;
  /** What this contender calls the work. */
  work: string;
}

export interface Result {
  name: string;
  work: string;
  times: number[];
  /** What the last run told besides its time. */
  last?: Measurement;
  failure?: string;
}

export interface ContestOptions {
  rounds: number;
  /** One round first that does not count. */
  warmUp: boolean;
  timeoutMs?: number;
  before?: (entrant: Entrant) => void;
  after?: (entrant: Entrant, result: Result) => void;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const contest = async (entrants: readonly Entrant[], n: number, options: ContestOptions): Promise<Result[]> => {
  const { rounds, warmUp, timeoutMs = 900_000, before, after } = options;
  const results = entrants.map(({ contender, work }): Result => ({ name: contender.name, work, times: [] }));
  const inOrder = entrants.map((entrant, i) => ({ entrant, result: results[i]! }));
  for (let round = warmUp ? -1 : 0; round < rounds; round++) {
    // The order alternates, so that drift of the machine falls on all alike.
    for (const { entrant, result } of round % 2 ? inOrder : [...inOrder].reverse()) {
      if (result.failure !== undefined) continue;
      before?.(entrant);
      try {
        const measurement = await entrant.contender.ask(entrant.work, n, { timeoutMs });
        if (round < 0) continue;
        result.times.push(measurement.ms);
        result.last = measurement;
        after?.(entrant, result);
      } catch (error) {
        result.failure = messageOf(error);
      }
    }
  }
  failDifferentResults(results);
  return results;
};

/** Who computes something else than the first has not done the same work. */
const failDifferentResults = ([first, ...others]: readonly Result[]): void => {
  for (const other of others)
    if (first?.last && other.last && other.last.result !== first.last.result)
      other.failure = `its result is ${String(other.last.result)}, not ${String(first.last.result)}`;
};
