/** The log of a run in the store: written in bounds, read in order, page by page, and gone with the run. */
import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { LogLevel, LogLine } from '../../src/core/log-line.js';
import {
  createFileStore,
  LogWriter,
  prune,
  readLog,
  type LogReading,
  type ResultStore,
} from '../../src/results/index.js';

let folder: string;
let store: ResultStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perdure-log-'));
  store = createFileStore(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const writer = (options = {}): LogWriter => new LogWriter(() => Promise.resolve(store), options);
const line = (at: number, message: string, level: LogLevel = 'info', taskRunId = 'a-0') => ({
  ...{ at, level, message, taskName: taskRunId.split('-')[0]!, taskRunId, attempt: 1 },
});
const read = async (options: Partial<LogReading> = {}, runId = 'r'): Promise<LogLine[]> => {
  const lines: LogLine[] = [];
  for await (const one of readLog(store, runId, { isOver: () => Promise.resolve(true), ...options })) lines.push(one);
  return lines;
};
const messages = async (options: Partial<LogReading> = {}): Promise<string[]> =>
  (await read(options)).map((one) => one.message);

test('lines of several writers come in order of time, each once', async () => {
  const [one, two] = [writer(), writer()];
  for (let i = 0; i < 50; i++) {
    (i % 3 === 0 ? one : two).write('r', line(1_000 + i, `line ${i}`));
    if (i % 7 === 0) await one.flush();
    if (i % 11 === 0) await two.flush();
  }
  await Promise.all([one.flush(), two.flush()]);
  expect(await messages()).toEqual(Array.from({ length: 50 }, (_, i) => `line ${i}`));
});

test('lines of one millisecond stay in order, also where each is an object of its own', async () => {
  const log = writer();
  for (let i = 0; i < 12; i++) {
    log.write('r', line(1_000, `line ${i}`));
    await log.flush();
  }
  expect(await messages()).toEqual(Array.from({ length: 12 }, (_, i) => `line ${i}`));
});

test('pages by number and by the last line read are the whole, without gap or repeat', async () => {
  const log = writer();
  for (let i = 0; i < 25; i++) log.write('r', line(1_000 + Math.floor(i / 5), `line ${i}`));
  await log.flush();
  const all = await read();
  expect((await read({ from: 10, limit: 5 })).map(({ id }) => id)).toEqual(all.slice(10, 15).map(({ id }) => id));
  const paged: LogLine[] = [];
  for (let page = await read({ limit: 7 }); page.length > 0; page = await read({ limit: 7, after: paged.at(-1)!.id }))
    paged.push(...page);
  expect(paged).toEqual(all);
});

test('level and task choose; a map is its items too', async () => {
  const log = writer();
  log.write('r', line(1, 'debug', 'debug'));
  log.write('r', line(2, 'child', 'warn', 'm-0[3]'));
  log.write('r', line(3, 'other', 'error', 'm-1'));
  await log.flush();
  expect(await messages({ level: 'warn' })).toEqual(['child', 'other']);
  expect(await messages({ task: 'm-0' })).toEqual(['child']);
  expect(await messages({ task: 'm' })).toEqual(['child', 'other']);
});

test('what is followed comes as it is written, and ends with the run', async () => {
  const log = writer();
  let looks = 0;
  const pause = async (): Promise<void> => {
    log.write('r', line(100 + looks, `look ${looks}`));
    await log.flush();
  };
  const isOver = (): Promise<boolean> => Promise.resolve(++looks > 3);
  expect(await messages({ follow: true, isOver, pause })).toEqual(['look 1', 'look 2', 'look 3']);
});

test('a long text is cut, what JSON cannot hold is told, and nothing throws', async () => {
  const log = writer();
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  log.write('r', { ...line(1, 'x'.repeat(20_000)), fields: { big: 1n, error: new TypeError('t') } });
  log.write('r', { ...line(2, 'cyclic'), fields: cyclic });
  log.write('r', { ...line(3, 'large'), fields: { text: 'y'.repeat(20_000) } });
  await log.flush();
  const [first, second, third] = await read();
  expect(first?.message).toMatch(/^x{16384}… \(20000 characters\)$/);
  expect(first?.fields).toEqual({ big: '1', error: 'TypeError: t' });
  expect(second?.fields).toEqual({ notJson: expect.stringContaining('circular') });
  expect(third?.fields).toEqual({ tooLarge: expect.any(Number) });
});

test('more of one task than it may have is dropped, and the log says so once', async () => {
  const log = writer({ maxOfTask: 1_000 });
  for (let i = 0; i < 50; i++) log.write('r', line(i, `line ${i} ${'.'.repeat(50)}`));
  log.write('r', line(60, 'another task', 'info', 'b-0'));
  await log.flush();
  const said = await messages();
  expect(said.length).toBeLessThan(12);
  expect(said.filter((message) => message.includes('its log is full'))).toHaveLength(1);
  expect(said.at(-1)).toBe('another task');
});

test('what waits for a slow store is bounded, and what was dropped is counted', async () => {
  let open!: () => void;
  const opened = new Promise<ResultStore>((resolve) => (open = () => resolve(store)));
  const log = new LogWriter(() => opened, { maxWaiting: 2_000 });
  for (let i = 0; i < 100; i++) log.write('r', line(i, `line ${i}`));
  const flushed = log.flush();
  open();
  await flushed;
  const said = await messages();
  const dropped = Number(/^(\d+) lines were dropped/.exec(said.at(-1) ?? '')?.[1]);
  expect(said.length - 1 + dropped).toBe(100);
  expect(dropped).toBeGreaterThan(50);
  log.write('r', line(200, 'there is room again'));
  await log.flush();
  expect((await messages()).at(-1)).toBe('there is room again');
});

test('a store that fails costs lines, is told once, and never throws', async () => {
  const complain = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  const log = new LogWriter(() => Promise.reject(new RangeError('no store')));
  log.write('r', line(1, 'lost'));
  await log.flush();
  log.write('r', line(2, 'lost too'));
  await log.flush();
  expect(complain.mock.calls).toEqual([['Lines of the log of r are lost: no store']]);
  expect(log.isBehind).toBe(false);
  complain.mockRestore();
});

test('the log goes with the data of its run, also of one whose id no folder can be called', async () => {
  const long = 'run '.repeat(100);
  const log = writer();
  log.write(long, line(1, 'long'));
  log.write('r', line(1, 'short'));
  await log.flush();
  expect((await read({}, long)).map(({ message }) => message)).toEqual(['long']);
  await prune(store, { keepRun: (runId) => Promise.resolve(runId === 'r') });
  expect(await read({}, long)).toEqual([]);
  expect(await messages()).toEqual(['short']);
});

test('lines of an object that is cut short or gone are told as lost; the others are read', async () => {
  const log = writer();
  for (const at of [1_000, 2_000, 3_000, 4_000]) {
    log.write('r', line(at, `line ${at}`));
    await log.flush();
  }
  const objects = readdirSync(join(folder, 'runs/r/~logs')).sort();
  truncateSync(join(folder, 'runs/r/~logs', objects[1]!), 5);
  expect(await messages()).toEqual([
    'line 1000',
    expect.stringMatching(/^Lines of the log are lost here: runs\/r\/~logs\/2000-\S+ was cut short/),
    'line 3000',
    'line 4000',
  ]);
});
