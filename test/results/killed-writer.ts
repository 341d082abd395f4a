/** Writes one object, then half of another, says so, and waits to be killed. Argument: the store's folder. */
import { createFileStore } from '../../src/results/file-store.js';

const store = createFileStore(process.argv[2] ?? '');
await store.put('runs/r/t/before', new Uint8Array(10));
const half = async function* (): AsyncIterable<Uint8Array> {
  yield new Uint8Array(1_000);
  process.stdout.write('half\n');
  await new Promise((resolve) => setTimeout(resolve, 60_000));
};
await store.put('runs/r/t/half', half());
