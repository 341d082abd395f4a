/** How many iterations of `peers/spin.mjs` take so long on this machine. */

interface SpinModule {
  default: (iterations: number) => number;
}

/** The quickest of several tries: what else the machine does must not make the items smaller. */
export const calibrateSpin = async (ms: number): Promise<number> => {
  const { default: spin } = (await import(new URL('../peers/spin.mjs', import.meta.url).href)) as SpinModule;
  const iterations = 5_000_000;
  const tries = Array.from({ length: 10 }, () => {
    const before = performance.now();
    spin(iterations);
    return performance.now() - before;
  });
  return Math.round((iterations * ms) / Math.min(...tries));
};
