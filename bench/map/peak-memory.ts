/**
 * The highest resident memory of a process and of what it has started, since a moment: the kernel's own high-water mark
 * (VmHWM), set back at that moment. Linux only; elsewhere nothing is known.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

export interface MemoryPeak {
  /** Megabytes. */
  own: number;
  /** Of each process below it that is or was there, the largest first. */
  children: number[];
}

export interface MemoryWatch {
  stop(): MemoryPeak | undefined;
}

/** A process may end at any moment: then what is read of it is nothing. */
const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

const highWaterMb = (pid: number): number =>
  Number(/VmHWM:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1_000;

const setBack = (pid: number): void => {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // It has ended, or belongs to somebody else: its mark then goes back further than this run.
  }
};

/** All processes below `pid`, by what each says of its parent. */
const below = (pid: number): number[] => {
  const childrenOf = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    // The name, in parentheses, may itself hold anything; the parent stands two words after it.
    const stat = read(`/proc/${entry}/stat`);
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), Number(entry)]);
  }
  const found: number[] = [];
  for (let next = [pid]; next.length > 0;) {
    next = next.flatMap((parent) => childrenOf.get(parent) ?? []);
    found.push(...next);
  }
  return found;
};

/** Watches from now on; children that come and go between two looks are missed. */
export const watchMemory = (pid: number): MemoryWatch => {
  if (process.platform !== 'linux') return { stop: () => undefined };
  const peaks = new Map<number, number>();
  const look = (): void => {
    for (const child of below(pid)) peaks.set(child, Math.max(peaks.get(child) ?? 0, highWaterMb(child)));
  };
  [pid, ...below(pid)].forEach(setBack);
  const timer = setInterval(look, 500);
  return {
    stop() {
      clearInterval(timer);
      look();
      // What is smaller than any program that runs tasks is a helper of a loader.
      const children = [...peaks.values()].filter((mb) => mb > 25).sort((a, b) => b - a);
      return { own: highWaterMb(pid), children };
    },
  };
};
