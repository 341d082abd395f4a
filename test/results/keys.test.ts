/** Ids as segments of keys: back as they were, and never one where there were two, on any disk. */
import { keySegment, textOfSegment } from '../../src/results/index.js';

const ids = ['a', 'A', 'Data Pipeline', 'data pipeline', '../../etc', '.', '..', '', 'nul', 'COM1.txt', 'a/b', 'a\\b', 'a=2fb', 'a~b', 'ü漢', '-x', 'x.', 'C:', '\0', '%2f', 'name-0[17]']; // prettier-ignore

test.each(ids)('%j comes back', (id) => expect(textOfSegment(keySegment(id))).toBe(id));

test('no two ids have one segment, on disks that ignore case either, and none is a name that some system forbids', () => {
  const segments = ids.map(keySegment);
  expect(new Set(segments.map((segment) => segment.toLowerCase())).size).toBe(ids.length);
  for (const segment of segments) {
    expect(segment).toMatch(/^[A-Za-z0-9_=~][A-Za-z0-9_=~.-]*$/);
    expect(segment).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)|\.$/i);
  }
});

test('a long id is cut, and stays apart from others that begin like it', () => {
  const [first, second] = [keySegment(`${'x'.repeat(900)}1`), keySegment(`${'x'.repeat(900)}2`)];
  expect(first).not.toBe(second);
  expect(first.length).toBeLessThan(200);
  expect(textOfSegment(first)).toBeUndefined();
});

test.each(['a=2', 'a=zz', '=ff', 'A', 'A~00000000', 'a~b'])('%j is no segment of ours', (segment) =>
  expect(textOfSegment(segment)).toBeUndefined(),
);
