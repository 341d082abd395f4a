/** Medians and ratios of interleaved runs. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

export const spread = (values: readonly number[]): string =>
  `${median(values).toFixed(0)} ms (${Math.min(...values).toFixed(0)}–${Math.max(...values).toFixed(0)})`;

/** Rounds that do not count: the first ones say more of the compilers than of the work. */
const warmUps = 3;

/** Runs the contenders in turn, `rounds` times, warm. */
export const interleaved = async <K extends string>(
  contenders: Record<K, () => Promise<unknown>>,
  rounds: number,
): Promise<Record<K, number[]>> => {
  const names = Object.keys(contenders) as K[];
  const times = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<K, number[]>;
  for (let round = -warmUps; round < rounds; round++) {
    // The order alternates, so that drift of the machine falls on both alike.
    for (const name of round % 2 ? names : [...names].reverse()) {
      const before = performance.now();
      await contenders[name]();
      if (round >= 0) times[name].push(performance.now() - before);
    }
  }
  return times;
};
