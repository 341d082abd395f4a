/** Documents of the store that were cut short or changed: the cache computes anew, a limit fills again, and no attempt fails. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stateKey } from '../../src/activities/cache/cache-state.js';
import { Guard, type GuardedCall } from '../../src/activities/guard.js';
import { runGuarded } from '../../src/activities/guarded-host.js';
import { parseLimit } from '../../src/activities/limits/limit-state.js';
import { Limiter } from '../../src/activities/limits/limiter.js';
import { AttemptFailure, type AttemptRequest } from '../../src/activities/task-host.js';
import { isCached } from '../../src/core/cached.js';
import { createFileStore, createValues, type ResultStore } from '../../src/results/index.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'perdure-damaged-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const root = (): string => join(folder, 'results');
const store = (): ResultStore => createFileStore(root());
const guard = (): Guard => new Guard({ values: () => Promise.resolve(createValues(store())) });
const [folderInPlace, linkToNowhere] = ['a folder', 'a link to nowhere'];
/** What the newest version of a document is to hold, or to be. */
const damage = (key: string, content: string): void => {
  const at = join(root(), key);
  const newest = join(at, readdirSync(at).sort().at(-1)!);
  rmSync(newest);
  if (content === folderInPlace) mkdirSync(join(newest, 'inside'), { recursive: true });
  else if (content === linkToNowhere) symlinkSync('/nowhere/at/all', newest);
  else writeFileSync(newest, content);
};
const descent = '{"name":"a","from":[]}\n';
const damages = [
  ...[folderInPlace, linkToNowhere],
  ...['', '{"name"', '\u0000\u0001\u0002', 'null', '[]\n{}', '5\n5', descent],
  ...['null', '[]', '5', '{"v":1,"entry":5,"lease":5,"hosts":5}', '{"__proto__":{"entry":1}}'].map(
    (text) => descent + text,
  ),
  `${descent}{"v":1,"hosts":{"a":5,"b":{"held":"x"}},"lease":{"holder":"x"},"nextAtMs":"y"}`,
  `${descent}{"v":1,"entry":{"text":"1","format":"json","sha256":"0","folder":"runs/r","atMs":1,"usedAtMs":1}}`,
];

const key = 'a'.repeat(64);
const place = { runId: 'run 2', taskRunId: 't-0', attempt: 1 };
const call: GuardedCall = {
  ...{ taskName: 't', runId: 'run 1', place, sinceMs: 0, mayReturn: false },
  guards: { limits: [], cache: {}, asks: true },
  keys: { limits: [], cache: { key, refresh: false } },
};

test.each(damages)(
  'a document of the cache that holds %j: the value is computed again, and then found',
  async (content) => {
    const kept = await createValues(store()).put({ runId: 'r', taskRunId: 'other-0', attempt: 1 }, 'another run’s');
    await guard().aroundBody(call, async () => 1);
    damage(stateKey(key), content);
    expect(await guard().aroundBody(call, async () => 2)).toBe(2);
    expect(isCached(await guard().aroundBody(call, async () => 3))).toBe(true);
    expect(Buffer.from(await store().get(kept)).toString()).toContain('another run’s');
  },
);

test.each(damages)('a limit whose document holds %j lets attempts in, and no more than it allows', async (content) => {
  const [one, two, three] = [0, 1, 2].map(() => new Limiter({ store: () => Promise.resolve(store()) }));
  const limits = [{ rule: { name: 'api', slots: 1 }, key: '' }];
  const turn = { sinceMs: 0, mayReturn: false };
  (await one!.acquire(limits, turn))();
  const given = async (): Promise<boolean> => {
    const { bytes } = (await store().document('limits/api/~/state'))!;
    return Object.keys(parseLimit(bytes).hosts).length === 0;
  };
  while (!(await given())) await new Promise((resolve) => setTimeout(resolve, 5));
  damage('limits/api/~/state', content);
  const release = await two!.acquire(limits, turn);
  let isIn = false;
  const second = three!.acquire(limits, turn).then((done) => ((isIn = true), done));
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(isIn).toBe(false);
  release();
  (await second)();
});

test('a folder that is no result store ends the attempt, and is not tried again for ever', async () => {
  await store().put('runs/r/t/1', new Uint8Array(1));
  rmSync(join(root(), '.perdure-store'));
  const guards = { limits: [{ name: 'api', slots: 1, key: 'k' }], asks: false };
  const attempt = {
    taskName: 't',
    run: { runId: 'r' },
    policy: { retries: 3 },
    charged: 0,
  } as unknown as AttemptRequest;
  const host = { run: async () => 1, keysOf: () => Promise.reject(new Error('not asked')) };
  const limiter = { acquire: async () => (await store().put('runs/r/t/2', new Uint8Array(1)), () => undefined) };
  const values = () => Promise.resolve(createValues(store()));
  const run = runGuarded({ host, guard: new Guard({ values, limiter }), guards }, attempt, {});
  const failure = await run.catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(AttemptFailure);
  expect(failure).toMatchObject({ kind: 'failed', verdict: { retry: false }, record: { name: 'ConfigError' } });
});
