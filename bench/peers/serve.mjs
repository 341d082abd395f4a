/**
 * What every JavaScript contender does the same: answers requests on stdin with one JSON line each. A request is a line
 * `<work> <n> <runs>`, for example `map 1000 3`. stdout belongs to the answers: nothing else may be printed there.
 */
import { createInterface } from 'node:readline';

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/**
 * Returns when stdin ends. `works` maps the name of a work to a function of n. `factsOf` makes the answer of what the
 * last run gave, after the clock has stopped; by default that is the result.
 */
export const serve = async (peer, works, factsOf = async (value) => ({ result: value })) => {
  for await (const line of createInterface({ input: process.stdin })) {
    const [work, n, runs] = line.trim().split(/\s+/);
    const answer = { peer, work: `${work} ${n}` };
    try {
      const times = [];
      const run = works[work];
      let value;
      for (let i = 0; i < Number(runs); i++) {
        const before = performance.now();
        value = await run(Number(n));
        times.push(Math.round((performance.now() - before) * 10) / 10);
      }
      Object.assign(answer, await factsOf(value), { ms: median(times), runs: times });
    } catch (error) {
      answer.error = String(error?.message ?? error);
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
};
