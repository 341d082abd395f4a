/**
 * Reads the log of a run in order of time, from the objects that several writers left. HOST. Holds no more than those
 * that overlap; objects that hold nothing of the level asked for are not read.
 */
import { ResultStoreError } from '../core/errors.js';
import { type LogLine, type LogOptions, severityOf, type WrittenLine } from '../core/log-line.js';
import type { StoredBytes } from '../core/result-ref.js';
import { logsPrefix } from './place.js';
import type { ResultStore } from './store.js';

interface Segment {
  ref: StoredBytes;
  first: number;
  last: number;
  top: number;
  name: string;
}

const namePattern = /^(\d+)-(\d+)-(\d)-([0-9a-f]{16})-([0-9a-f]{64})$/;

/** A line with what orders it. */
interface Placed {
  line: LogLine;
  at: number;
  name: string;
  number: number;
}

type Order = Pick<Placed, 'at' | 'name' | 'number'>;

const compare = (a: Order, b: Order): number =>
  a.at - b.at || (a.name < b.name ? -1 : a.name > b.name ? 1 : a.number - b.number);

const orderOf = (id: string): Order | undefined => {
  const [at, name, number] = id.split('.');
  return at === undefined || name === undefined || number === undefined
    ? undefined
    : { at: Number(at), name, number: Number(number) };
};

const segmentsOf = async (store: ResultStore, runId: string): Promise<Segment[]> => {
  const prefix = logsPrefix(runId);
  const segments: Segment[] = [];
  for await (const { key, bytes } of store.list(prefix)) {
    const [, first, last, top, name = '', sha256 = ''] = namePattern.exec(key.slice(prefix.length)) ?? [];
    if (first === undefined) continue;
    const ref = { store: store.id, key, bytes, sha256 };
    segments.push({ ref, first: Number(first), last: Number(last), top: Number(top), name });
  }
  return segments.sort((a, b) => a.first - b.first);
};

/** In place of lines that were cut short or are gone: the others are read all the same. */
const lostLines = (error: unknown, { ref, first: at, name }: Segment): Placed[] => {
  if (!(error instanceof ResultStoreError) || error.code === 'STORE_FAILED') throw error;
  const message = `Lines of the log are lost here: ${ref.key} was cut short, changed or deleted outside of perdure.`;
  return [{ line: { id: `${at}.${name}.0`, at: new Date(at), level: 'warn', message }, at, name, number: 0 }];
};

const linesOf = async (store: ResultStore, segment: Segment): Promise<Placed[]> => {
  const { ref, name } = segment;
  const bytes = await store.get(ref).catch((error: unknown) => lostLines(error, segment));
  if (Array.isArray(bytes)) return bytes;
  const text = new TextDecoder().decode(bytes);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, number) => {
      const { at, ...rest } = JSON.parse(line) as WrittenLine;
      return { line: { id: `${at}.${name}.${number}`, at: new Date(at), ...rest }, at, name, number };
    });
};

/** Of a map, its items too. */
const isOf = ({ taskName, taskRunId }: LogLine, task: string): boolean =>
  taskName === task || taskRunId === task || (taskRunId?.startsWith(`${task}[`) ?? false);

export interface LogReading extends LogOptions {
  /** Whether no more lines can come. Asked before each look at the store. */
  isOver(): Promise<boolean>;
  /** Waits between two looks when following; may end early. */
  pause?: (ms: number) => Promise<void>;
}

const lookEveryMs = 500;
const pauseFor = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The lines of the run in order of time. Of lines that are followed, those that come at one time are in order. */
export async function* readLog(store: ResultStore, runId: string, options: LogReading): AsyncGenerator<LogLine> {
  const { from = 0, limit = Infinity, task, level = 'debug', follow = false, pause = pauseFor } = options;
  const after = options.after === undefined ? undefined : orderOf(options.after);
  const lowest = severityOf(level);
  const seen = new Set<string>();
  let left = from;
  let given = 0;
  for (;;) {
    const isOver = !follow || (await options.isOver());
    const found = (await segmentsOf(store, runId)).filter(
      ({ ref, top, last }) => !seen.has(ref.key) && top >= lowest && last >= (after?.at ?? 0),
    );
    for (const { ref } of found) seen.add(ref.key);
    for await (const placed of merged(store, found)) {
      const { line } = placed;
      if (severityOf(line.level) < lowest || (task !== undefined && !isOf(line, task))) continue;
      if (after !== undefined && compare(placed, after) <= 0) continue;
      if (left-- > 0) continue;
      if (given++ >= limit) return;
      yield line;
    }
    if (isOver || given >= limit) return;
    await pause(lookEveryMs);
  }
}

async function* merged(store: ResultStore, segments: readonly Segment[]): AsyncGenerator<Placed> {
  let held: Placed[] = [];
  for (const segment of segments) {
    const ready = held.filter(({ at }) => at < segment.first);
    held = ready.length === 0 ? held : held.filter(({ at }) => at >= segment.first);
    yield* ready.sort(compare);
    held.push(...(await linesOf(store, segment)));
  }
  yield* held.sort(compare);
}
