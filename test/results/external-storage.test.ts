/** Large payloads of the SDK through the store: by the SDK's own store and fetch steps, under their workflow. */
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileStore, externalStorageFor, type ResultStore, storageDriverFor } from '../../src/results/index.js';

let root: string;
let store: ResultStore;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'perdure-external-'));
  store = createFileStore(root);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const payload = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const valueOf = (found: Payload | undefined): unknown => found && defaultPayloadConverter.fromPayload(found);
const target = { kind: 'workflow', namespace: 'default', id: 'Run 1' } as const;

test('payloads come back as they were, and lie with their run', async () => {
  const driver = storageDriverFor(store);
  const claims = await driver.store({ target }, [payload('a'.repeat(300_000)), payload({ n: 1 })]);
  const back = await driver.retrieve({}, claims);
  expect(back.map(valueOf)).toEqual(['a'.repeat(300_000), { n: 1 }]);
  for (const { claimData } of claims) expect(claimData['key']).toMatch(/^runs\/Run=201~\w{8}\/payloads\/[0-9a-f]{64}$/);
});

test('the same payload is the same object, so a retry of a workflow task leaves nothing more', async () => {
  const driver = storageDriverFor(store);
  const first = await driver.store({ target }, [payload('same')]);
  expect(await driver.store({ target }, [payload('same')])).toEqual(first);
  expect(await driver.store({ target: { ...target, id: 'Run 2' } }, [payload('same')])).not.toEqual(first);
});

test('a payload that was changed in the store is refused', async () => {
  const driver = storageDriverFor(store);
  const [claim] = await driver.store({ target }, [payload('x')]);
  await store.put(claim?.claimData['key'] ?? '', new Uint8Array(Number(claim?.claimData['bytes'])));
  await expect(driver.retrieve({}, [claim!])).rejects.toMatchObject({
    code: 'RESULT_CORRUPT',
    details: { runId: 'Run 1' },
  });
  await expect(driver.retrieve({}, [{ claimData: { store: 'file', key: '../x', bytes: '1', sha256: '' } }])).rejects.toMatchObject({ code: 'RESULT_CORRUPT' }); // prettier-ignore
});

test('it is what the SDK takes as external storage', () => {
  const storage = externalStorageFor(store);
  const [driver] = storage.drivers;
  expect(storage.getDriver('perdure')).toBe(driver);
  expect(storage.getDriver('another')).toBeNull();
  expect(storage.driverSelector({}, payload(1))).toBeNull();
  expect(storage.driverSelector({}, payload('x'.repeat(3_000_000)))).toBe(driver);
  // What any program may read stays plain while it can; what flow code sends shares a message with much else.
  const text = payload('x'.repeat(20_000));
  expect(storage.driverSelector({}, text)).toBeNull();
  const marked = { ...text, metadata: { ...text.metadata, 'perdure-flow': new Uint8Array([1]) } };
  expect(storage.driverSelector({}, marked)).toBe(driver);
  expect(storage.payloadSizeThreshold).toBe(16 * 1024);
});
