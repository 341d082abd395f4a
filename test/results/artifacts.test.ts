/** Artifacts in the store: the last of each task run and key; what is no artifact is refused where it is made. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { artifact, provideArtifactSink } from '../../src/authoring/artifact.js';
import { provideCurrentRun } from '../../src/authoring/current-run.js';
import type { ArtifactContent } from '../../src/core/artifact.js';
import {
  createFileStore,
  keptArtifact,
  readArtifacts,
  type ResultStore,
  writeArtifact,
} from '../../src/results/index.js';

let folder: string;
let store: ResultStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perdure-artifacts-'));
  store = createFileStore(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const keep = (taskRunId: string, text: string, { attempt = 1, startedAt = 1, key = 'k' } = {}): Promise<void> => {
  const owner = { runId: 'r', taskName: taskRunId.split('-')[0]!, taskRunId, attempt, startedAt };
  return writeArtifact(
    store,
    keptArtifact(owner, { key, content: { kind: 'markdown', text }, description: undefined }),
  );
};
const textsOf = async (options = {}): Promise<string[]> =>
  (await readArtifacts(store, 'r', options)).map(
    (one) => `${one.taskRunId} ${one.key} ${(one as { text?: string }).text}`,
  );

test('of several attempts the one that began last counts, whoever writes last', async () => {
  await keep('a-0', 'second', { attempt: 2, startedAt: 2_000 });
  await keep('a-0', 'first, late', { attempt: 1, startedAt: 1_000 });
  await keep('a-0', 'of the flow run again', { attempt: 1, startedAt: 10_000 });
  expect(await textsOf()).toEqual(['a-0 k of the flow run again']);
});

test('key, task, from and limit choose', async () => {
  for (let i = 0; i < 5; i++) await keep(`m-0[${i}]`, `item ${i}`);
  await keep('b-0', 'other', { key: 'other-key' });
  expect(await textsOf({ key: 'other-key' })).toEqual(['b-0 other-key other']);
  expect(await textsOf({ task: 'm-0', from: 1, limit: 2 })).toEqual(['m-0[1] k item 1', 'm-0[2] k item 2']);
  expect(await textsOf({ task: 'm-0[4]' })).toEqual(['m-0[4] k item 4']);
  expect(await textsOf({ limit: 1 })).toHaveLength(1);
});

describe('what a body may leave', () => {
  const kept: [string, ArtifactContent, string | undefined][] = [];
  beforeEach(() => {
    kept.length = 0;
    provideArtifactSink((key, content, description) => kept.push([key, content, description]));
  });
  afterAll(() => provideCurrentRun(() => undefined));

  test('each kind is kept as it is read', () => {
    artifact.table('t', [{ a: 1 }], { description: 'rows' });
    artifact.progress('p', { done: 1, total: 4 });
    artifact.progress('p', 0.5);
    artifact.image('i', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1));
    artifact.link('l', 'https://example.com');
    expect(kept).toEqual([
      ['t', { kind: 'table', rows: [{ a: 1 }] }, 'rows'],
      ['p', { kind: 'progress', share: 0.25, done: 1, total: 4 }, undefined],
      ['p', { kind: 'progress', share: 0.5 }, undefined],
      ['i', { kind: 'image', url: 'data:image/png;base64,iVBORwE=' }, undefined],
      ['l', { kind: 'link', url: 'https://example.com' }, undefined],
    ]);
  });

  test.each<[string, () => void]>([
    ['a key with a capital', () => artifact.markdown('Key', '')],
    ['an empty key', () => artifact.markdown('', '')],
    ['a key that is a path', () => artifact.markdown('../up', '')],
    ['a table of texts', () => artifact.table('t', ['a'] as never)],
    ['a script as a link', () => artifact.link('l', 'javascript:alert(1)')],
    ['a file as an image', () => artifact.image('i', '/etc/passwd')],
    ['a share above 1', () => artifact.progress('p', 2)],
    ['NaN', () => artifact.progress('p', NaN)],
    ['more done than there is', () => artifact.progress('p', { done: 3, total: 2 })],
  ])('%s is refused', (_, make) => {
    expect(make).toThrow(expect.objectContaining({ name: 'AuthoringError', code: 'BAD_ARTIFACT' }));
    expect(kept).toEqual([]);
  });

  test('too much, and what JSON cannot hold, is refused', () => {
    const owner = { runId: 'r', taskName: 'a', taskRunId: 'a-0', attempt: 1, startedAt: 1 };
    const make = (row: Record<string, unknown>) => () =>
      keptArtifact(owner, { key: 'k', content: { kind: 'table', rows: [row] }, description: undefined });
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    expect(make(cyclic)).toThrow(expect.objectContaining({ code: 'BAD_ARTIFACT' }));
    expect(make({ text: 'x'.repeat(5_000_000) })).toThrow(/at most 4194304 characters/);
  });

  test('flow code leaves none', () => {
    provideCurrentRun(() => ({ kind: 'flow', flowName: 'f', runId: 'r', tags: [] }) as never);
    expect(() => artifact.markdown('k', 'text')).toThrow(expect.objectContaining({ code: 'CALLED_INSIDE_FLOW' }));
  });
});
