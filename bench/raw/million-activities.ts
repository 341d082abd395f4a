// What the hand-written big maps run: whole batches, whose values lie in files beside the server and never in a history.
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The name of a file with some values; its first line is the hash of the rest. */
export type Ref = string;

const inc = async (x: number): Promise<number> => x + 1;
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

export const millionActivities = (folder: string) => {
  const put = async (value: unknown, ref: Ref = randomUUID()): Promise<Ref> => {
    const text = JSON.stringify(value);
    await writeFile(join(folder, `${ref}.part`), `${hash(text)}\n${text}`, { mode: 0o600 });
    await rename(join(folder, `${ref}.part`), join(folder, ref));
    return ref;
  };
  const get = async <T>(ref: Ref): Promise<T> => {
    const file = await readFile(join(folder, ref), 'utf8');
    const text = file.slice(65);
    if (hash(text) !== file.slice(0, 64)) throw new Error(`${ref} is corrupt`);
    return JSON.parse(text) as T;
  };
  const incAll = async (items: readonly number[]): Promise<Ref> => {
    const values: number[] = [];
    for (const item of items) values.push(await inc(item));
    return put(values);
  };

  return {
    /** The numbers below `n` in files of `batch` each, `<what is given>-0` and on. */
    async extract(n: number, batch: number): Promise<string> {
      await mkdir(folder, { recursive: true });
      const name = randomUUID();
      for (let start = 0; start < n; start += batch)
        await put(
          Array.from({ length: Math.min(batch, n - start) }, (_, i) => start + i),
          `${name}-${start / batch}`,
        );
      return name;
    },
    async incSegment(name: string, index: number): Promise<Ref> {
      return incAll(await get<number[]>(`${name}-${index}`));
    },
    async incRange(start: number, end: number): Promise<Ref> {
      await mkdir(folder, { recursive: true });
      return incAll(Array.from({ length: end - start }, (_, i) => start + i));
    },
    async load(refs: Ref[]): Promise<number> {
      let total = 0;
      for (const ref of refs) for (const x of await get<number[]>(ref)) total += x;
      return total;
    },
    async uneven(x: number, stage: number): Promise<number> {
      await sleep((x * 7 + stage * 13) % 20);
      return x + 1;
    },
    /** `count` texts of `bytes` each, in one file. */
    async makeTexts(count: number, bytes: number): Promise<Ref> {
      await mkdir(folder, { recursive: true });
      return put(Array.from({ length: count }, (_, i) => String(i % 10).repeat(bytes)));
    },
    async measureTexts(ref: Ref): Promise<number> {
      return (await get<string[]>(ref)).reduce((sum, text) => sum + text.length, 0);
    },
  };
};
