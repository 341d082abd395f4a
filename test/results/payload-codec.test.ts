/** Large payloads through the store: as the SDK's data converter asks for them, under their workflow. */
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileStore, payloadCodecFor, type ResultStore } from '../../src/results/index.js';

let root: string;
let store: ResultStore;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'perdure-payloads-'));
  store = createFileStore(root);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const payload = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const marked = (value: unknown): Payload => {
  const plain = payload(value);
  return { ...plain, metadata: { ...plain.metadata, 'perdure-flow': new Uint8Array([1]) } };
};
const valueOf = (found: Payload | undefined): unknown => found && defaultPayloadConverter.fromPayload(found);
const run = (workflowId: string) => ({ type: 'workflow', namespace: 'default', workflowId }) as const;
const refOf = (sent: Payload | undefined) => JSON.parse(new TextDecoder().decode(sent?.data ?? new Uint8Array()));

test('what is small is not touched, not even copied', async () => {
  const codec = payloadCodecFor(store);
  const payloads = [payload(1), payload('x'.repeat(20_000)), payload('x'.repeat(2_000_000)), marked({ n: 1 })];
  expect(await codec.encode(payloads, run('r'))).toBe(payloads);
  expect(await codec.decode(payloads)).toBe(payloads);
});

test('payloads above the limit of a history come back as they were, and lie with their run', async () => {
  const codec = payloadCodecFor(store);
  const sent = await codec.encode([payload('a'.repeat(2_100_000)), payload({ n: 1 })], run('Run 1'));
  expect(sent[0]?.data?.length).toBeLessThan(500);
  expect(refOf(sent[0]).key).toMatch(/^runs\/Run=201~\w{8}\/payloads\/[0-9a-f]{64}$/);
  expect((await codec.decode(sent)).map(valueOf)).toEqual(['a'.repeat(2_100_000), { n: 1 }]);
});

test('what flow code sends goes by a lower limit, for its commands share one message', async () => {
  const codec = payloadCodecFor(store);
  const [sent] = await codec.encode([marked('x'.repeat(20_000))], run('r'));
  expect(sent?.data?.length).toBeLessThan(500);
  expect((await codec.decode([sent!])).map(valueOf)).toEqual(['x'.repeat(20_000)]);
});

test('the same payload is the same object, so a retry of a workflow task leaves nothing more', async () => {
  const codec = payloadCodecFor(store);
  const same = [marked('same'.repeat(10_000))];
  const first = await codec.encode(same, run('Run 1'));
  expect(await codec.encode(same, run('Run 1'))).toEqual(first);
  expect(await codec.encode(same, run('Run 2'))).not.toEqual(first);
});

test('a payload that was changed in the store, or a reference that leads elsewhere, is refused', async () => {
  const codec = payloadCodecFor(store);
  const [sent] = await codec.encode([marked('x'.repeat(20_000))], run('Run 1'));
  const { key, bytes } = refOf(sent);
  await store.put(key, new Uint8Array(bytes));
  await expect(codec.decode([sent!])).rejects.toMatchObject({ code: 'RESULT_CORRUPT', details: { runId: 'Run 1' } });
  const forged = JSON.stringify({ store: 'file', key: '../x', bytes: 1, sha256: '' });
  await expect(codec.decode([{ ...sent!, data: new TextEncoder().encode(forged) }])).rejects.toMatchObject({ code: 'RESULT_CORRUPT' }); // prettier-ignore
});
