/**
 * What every result store has to do, whatever it is made of. A driver's test gives `open` (a store that is empty, or one
 * more on the same objects) and the means to spoil an object behind the store's back.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { StoredBytes } from '../../src/core/result-ref.js';
import type { ResultStore } from '../../src/results/index.js';

export interface StoreUnderTest {
  /** The same objects at each call, until `reset`. */
  open(options?: { maxBytes?: number }): Promise<ResultStore> | ResultStore;
  /** Replaces an object's bytes behind the store's back; `undefined` removes it. */
  spoil(key: string, bytes: Uint8Array | undefined): Promise<void>;
  /** The server looks at a write's condition and writes in two steps, so that two writers at one moment may both be told yes. */
  hasLooseConditions?: boolean;
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
async function* pieces(...parts: Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* parts;
}
const all = async <T>(source: AsyncIterable<T>): Promise<T[]> => {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
};
const streamed = async (store: ResultStore, ref: StoredBytes): Promise<Buffer> =>
  Buffer.concat(await all(store.stream(ref)));

const key = 'runs/run-1/extract-0/1-abc';
const named = { details: expect.objectContaining({ key, runId: 'run-1', taskRunId: 'extract-0' }) };

export const resultStoreContract = (under: StoreUnderTest): void => {
  let store: ResultStore;
  beforeEach(async () => {
    store = await under.open();
  });
  afterEach(() => store.close());

  describe('writing and reading', () => {
    test.each([0, 1, 100_000, 3_000_000])('%i bytes come back, whole and streamed', async (size) => {
      const bytes = new Uint8Array(randomBytes(size));
      const ref = await store.put(key, bytes);
      expect(ref).toEqual({ store: store.id, key, bytes: size, sha256: sha256(bytes) });
      expect(Buffer.compare(await store.get(ref), bytes)).toBe(0);
      expect(Buffer.compare(await streamed(store, ref), bytes)).toBe(0);
    });

    test('a stream is written as it comes, and its hash is that of the whole', async () => {
      const big = new Uint8Array(randomBytes(9 * 1024 * 1024));
      const ref = await store.put(key, pieces(bytesOf('ab'), new Uint8Array(), big, bytesOf('c')));
      expect(ref.bytes).toBe(big.length + 3);
      expect(sha256(await store.get(ref))).toBe(ref.sha256);
    });

    test('an empty stream is an empty object', async () => {
      const ref = await store.put(key, pieces());
      expect(ref.bytes).toBe(0);
      expect((await store.get(ref)).byteLength).toBe(0);
    });

    test('a range is those bytes', async () => {
      const ref = await store.put(key, bytesOf('0123456789'));
      const range = async (start: number, end: number): Promise<string> =>
        Buffer.from(await store.get(ref, { start, end })).toString();
      expect(await Promise.all([range(0, 10), range(3, 5), range(9, 10), range(4, 4)])).toEqual([
        '0123456789',
        '34',
        '9',
        '',
      ]);
      await expect(range(5, 11)).rejects.toMatchObject({ code: 'RESULT_CORRUPT', ...named });
    });

    test('another process that opens the same store reads what was written', async () => {
      const ref = await store.put(key, bytesOf('shared'));
      const other = await under.open();
      expect(Buffer.from(await other.get(ref)).toString()).toBe('shared');
      await other.close();
    });

    test('of many writers of one key one wins, whole', async () => {
      const values = Array.from({ length: 12 }, (_, i) => new Uint8Array(200_000).fill(i));
      const refs = await Promise.all(values.map((value) => store.put(key, value)));
      const read = await Promise.allSettled(refs.map((ref) => store.get(ref)));
      const good = read.filter((one) => one.status === 'fulfilled');
      expect(good).toHaveLength(1);
      for (const one of read)
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'RESULT_CORRUPT' });
    });
  });

  describe('what is refused', () => {
    test('an object that is not there', async () => {
      const ref = await store.put(key, bytesOf('here'));
      await under.spoil(key, undefined);
      for (const read of [() => store.get(ref), () => streamed(store, ref), () => store.get(ref, { start: 0, end: 1 })])
        await expect(read()).rejects.toMatchObject({ name: 'ResultStoreError', code: 'RESULT_MISSING', ...named });
    });

    test.each<[string, (bytes: Buffer) => Uint8Array]>([
      ['cut short', (bytes) => bytes.subarray(0, -1)],
      ['made longer', (bytes) => Buffer.concat([bytes, bytesOf('x')])],
      ['with one bit flipped', (bytes) => Buffer.from(bytes.map((byte, i) => (i === 7 ? byte ^ 1 : byte)))],
      ['swapped with one of the same length', (bytes) => Buffer.alloc(bytes.length, 'z')],
      ['emptied', () => new Uint8Array()],
    ])('an object %s', async (_, spoiled) => {
      const bytes = Buffer.alloc(600_000, 'a');
      const ref = await store.put(key, bytes);
      await under.spoil(key, spoiled(bytes));
      for (const read of [() => store.get(ref), () => streamed(store, ref)])
        await expect(read()).rejects.toMatchObject({
          code: 'RESULT_CORRUPT',
          message: expect.stringContaining("of 'extract-0' in the run 'run-1'"),
          ...named,
        });
    });

    test('a range of an object that was cut short', async () => {
      const ref = await store.put(key, bytesOf('0123456789'));
      await under.spoil(key, bytesOf('01234'));
      await expect(store.get(ref, { start: 0, end: 2 })).rejects.toMatchObject({ code: 'RESULT_CORRUPT' });
    });

    test('a reference to another store, which names both', async () => {
      const ref = { ...(await store.put(key, bytesOf('x'))), store: 's3://elsewhere/results' };
      await expect(store.get(ref)).rejects.toMatchObject({
        code: 'STORE_MISMATCH',
        message: expect.stringMatching(new RegExp(`s3://elsewhere/results.*${store.id}`)),
        details: expect.objectContaining({ expected: 's3://elsewhere/results', received: store.id }),
      });
      await expect(streamed(store, ref)).rejects.toMatchObject({ code: 'STORE_MISMATCH' });
    });

    test.each([
      '',
      '/etc/passwd',
      '../outside',
      'runs/../../outside',
      'runs/./x',
      'runs//x',
      'runs/x/',
      'runs\\..\\x',
      'C:/x',
      'runs/a:b',
      'runs/.writing',
      'runs/nul',
      'runs/aux.txt',
      'runs/end.',
      'runs/a b',
      'runs/\0',
      'runs/ä',
      `runs/${'x'.repeat(201)}`,
      `runs/${'abc/'.repeat(250)}x`,
    ])('the key %j', async (bad) => {
      const refusal = { code: 'RESULT_CORRUPT', name: 'ResultStoreError' };
      await expect(store.put(bad, bytesOf('x'))).rejects.toMatchObject(refusal);
      const ref = { store: store.id, key: bad, bytes: 1, sha256: sha256(bytesOf('x')) };
      await expect(store.get(ref)).rejects.toMatchObject(refusal);
      await expect(streamed(store, ref)).rejects.toMatchObject(refusal);
      await expect(store.deletePrefix(`${bad}/`)).rejects.toMatchObject(refusal);
      await expect(all(store.list(`${bad}/`))).rejects.toMatchObject(refusal);
    });

    test('more than the cap, while it is written, and nothing of it stays', async () => {
      const small = await under.open({ maxBytes: 1_000 });
      const tooLarge = { code: 'RESULT_TOO_LARGE', details: expect.objectContaining({ maxBytes: 1_000, key }) };
      let asked = 0;
      const endless = async function* (): AsyncIterable<Uint8Array> {
        for (;;) {
          asked++;
          yield new Uint8Array(100);
        }
      };
      await expect(small.put(key, endless())).rejects.toMatchObject(tooLarge);
      expect(asked).toBe(11);
      await expect(small.put(key, new Uint8Array(1_001))).rejects.toMatchObject(tooLarge);
      expect(await all(store.list('runs/'))).toEqual([]);
      const ref = await store.put(key, new Uint8Array(1_001));
      await expect(small.get(ref)).rejects.toMatchObject(tooLarge);
      await small.close();
    });

    test('a source that fails: its own error comes through, and nothing of it stays', async () => {
      const failure = new RangeError('the source broke');
      const broken = async function* (): AsyncIterable<Uint8Array> {
        yield new Uint8Array(6 * 1024 * 1024);
        throw failure;
      };
      await expect(store.put(key, broken())).rejects.toBe(failure);
      expect(await all(store.list('runs/'))).toEqual([]);
    });
  });

  describe('listing and deleting', () => {
    test('a list has the objects of its folder, with their sizes and times, and no other', async () => {
      const before = Date.now() - 2_000;
      await store.put('runs/a/t/1', bytesOf('1'));
      await store.put('runs/a/t/2', bytesOf('22'));
      await store.put('runs/ab/t/1', bytesOf('333'));
      await store.put('shared/x', bytesOf('4444'));
      const listed = await all(store.list('runs/a/'));
      expect(listed.map(({ key: at, bytes }) => [at, bytes])).toEqual([
        ['runs/a/t/1', 1],
        ['runs/a/t/2', 2],
      ]);
      for (const { modifiedMs } of listed) expect(modifiedMs).toBeGreaterThan(before);
      expect((await all(store.list('runs/'))).map((one) => one.key)).toEqual([
        'runs/a/t/1',
        'runs/a/t/2',
        'runs/ab/t/1',
      ]);
      expect(await all(store.list('runs/none/'))).toEqual([]);
    });

    test('a prefix is deleted with all in it, and nothing beside it', async () => {
      const gone = await store.put('runs/a/t/1', bytesOf('1'));
      const kept = await store.put('runs/ab/t/1', bytesOf('2'));
      await store.deletePrefix('runs/a/');
      await store.deletePrefix('runs/a/');
      await expect(store.get(gone)).rejects.toMatchObject({ code: 'RESULT_MISSING' });
      expect((await store.get(kept)).byteLength).toBe(1);
      await store.put('runs/a/t/1', bytesOf('1'));
      expect((await store.get(gone)).byteLength).toBe(1);
    });
  });

  describe('copies', () => {
    test('a copy outlives what it was made of', async () => {
      const bytes = new Uint8Array(randomBytes(100_000));
      const ref = await store.put(key, bytes);
      const copy = await store.copy(ref, 'cache/a/1');
      expect(copy).toEqual({ ...ref, key: 'cache/a/1' });
      await store.deletePrefix('runs/run-1/');
      expect(Buffer.compare(await store.get(copy), bytes)).toBe(0);
    });

    test('what is not there cannot be copied', async () => {
      const ref = await store.put(key, bytesOf('x'));
      await under.spoil(key, undefined);
      await expect(store.copy(ref, 'cache/a/1')).rejects.toMatchObject({ code: 'RESULT_MISSING' });
    });
  });

  describe('documents', () => {
    const doc = 'limits/api/one';
    const text = async (): Promise<string | undefined> => {
      const found = await store.document(doc);
      return found && Buffer.from(found.bytes).toString();
    };

    test('a document is what was put there last', async () => {
      expect(await text()).toBeUndefined();
      const first = await store.swap(doc, undefined, bytesOf('1'));
      expect(await text()).toBe('1');
      await store.swap(doc, first, bytesOf('2'));
      expect(await text()).toBe('2');
      const read = await store.document(doc);
      expect(await store.swap(doc, read?.version, bytesOf('3'))).toBeDefined();
      expect(await text()).toBe('3');
    });

    test('whoever comes second changes nothing', async () => {
      const first = await store.swap(doc, undefined, bytesOf('1'));
      expect(await store.swap(doc, undefined, bytesOf('other'))).toBeUndefined();
      const second = await store.swap(doc, first, bytesOf('2'));
      expect(await store.swap(doc, first, bytesOf('late'))).toBeUndefined();
      for (let i = 3, version = second; i < 9; i++) version = await store.swap(doc, version, bytesOf(String(i)));
      expect(await store.swap(doc, second, bytesOf('much too late'))).toBeUndefined();
      expect(await store.swap(doc, undefined, bytesOf('from before there was any'))).toBeUndefined();
      expect(await text()).toBe('8');
    });

    const testAtomic = under.hasLooseConditions ? test.skip : test;
    testAtomic('no change of many writers in several processes’ stores is lost', async () => {
      const stores = [await under.open(), await under.open(), await under.open(), await under.open()];
      const add = async (one: ResultStore): Promise<void> => {
        for (;;) {
          const found = await one.document(doc);
          const count = found === undefined ? 0 : Number(Buffer.from(found.bytes).toString());
          if ((await one.swap(doc, found?.version, bytesOf(String(count + 1)))) !== undefined) return;
        }
      };
      await Promise.all(stores.flatMap((one) => Array.from({ length: 6 }, () => add(one))));
      expect(await text()).toBe('24');
      await Promise.all(stores.map((one) => one.close()));
    });

    test('it goes with its folder', async () => {
      await store.swap(doc, undefined, bytesOf('1'));
      await store.deletePrefix('limits/api/');
      expect(await text()).toBeUndefined();
    });

    test.each(['../outside', 'limits//x', ''])('the key %j is refused', async (bad) => {
      const refusal = { code: 'RESULT_CORRUPT', name: 'ResultStoreError' };
      await expect((async () => store.swap(bad, undefined, bytesOf('x')))()).rejects.toMatchObject(refusal);
      await expect((async () => store.document(bad))()).rejects.toMatchObject(refusal);
    });
  });
};
