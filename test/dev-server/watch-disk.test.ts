import { watchDisk } from '../../src/dev-server/watch-disk.js';

test('a full disk is said once, with its path, and once more when there is space', () => {
  const lines: string[] = [];
  let free: number | undefined = 5_000_000;
  const look = watchDisk('/p/.perdure', { onProgress: (line) => lines.push(line), freeBytes: () => free });
  const after = (bytes: number | undefined): string[] => {
    free = bytes;
    look();
    look();
    return lines.splice(0);
  };
  expect(after(5_000_000)).toEqual([]);
  expect(after(0)).toEqual([expect.stringMatching(/^The disk of \/p\/\.perdure is full: .*nothing is lost/)]);
  expect(after(1_100_000)).toEqual([]);
  expect(after(undefined)).toEqual([]);
  expect(after(9_000_000)).toEqual([expect.stringMatching(/^There is space again on the disk of \/p\/\.perdure/)]);
  expect(after(0)).toHaveLength(1);
});
