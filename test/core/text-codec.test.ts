/** Values survive their encoding, what stands in for stored ones at any depth included; what is no data is refused. */
import { AuthoringError, RunError } from '../../src/core/errors.js';
import { decodeText, encodeText, maxDepth } from '../../src/core/text-codec.js';
import { Stored, type StoredData, storedIn, storedTag } from '../../src/core/result-ref.js';

const again = (value: unknown): unknown => {
  const { text, format } = encodeText(value);
  return decodeText(text, format);
};
const nested = (levels: number): unknown => {
  let value: unknown = 'bottom';
  for (let i = 0; i < levels; i++) value = [value];
  return value;
};
const data: StoredData = {
  kind: 'value',
  stored: { store: 'file', key: 'runs/r/t/1', bytes: 3, sha256: 'ab' },
  picks: [{ at: 'rows' }],
};

test.each<[string, unknown]>([
  ['plain data', { a: [1, 'two', null, true, { b: {} }] }],
  ['dates, maps, sets and big integers', { at: new Date(0), map: new Map([[1, new Set([2n])]]) }],
  ['undefined, NaN, -0 and holes', [undefined, NaN, -0, , Infinity]],
  ['typed arrays', { bytes: new Uint8Array([1, 2, 255]), floats: new Float64Array([0.5]), buffer: new ArrayBuffer(2) }],
  ['a lone surrogate', ['\ud800']],
  ['an own key named __proto__, in JSON text', JSON.parse('{"a":{"b":1}}')],
  ['what is nested 500 levels deep', nested(500)],
])('%s come back as they were', (_, value) => expect(again(value)).toEqual(value));

test('what JSON holds is plain JSON', () =>
  expect(encodeText({ a: [1, null] })).toEqual({ text: '{"a":[1,null]}', format: 'json' }));

test('a cycle comes back as a cycle', () => {
  const value: { self?: unknown } = {};
  value.self = value;
  const back = again(value) as { self?: unknown };
  expect(back.self).toBe(back);
});

test('an error of ours comes back in its class, with its facts and causes; other errors are no data', () => {
  const cause = new RangeError('too far');
  const error = new RunError('TASK_FAILED', 'it failed', { cause, details: { taskName: 'load', mapIndex: 3 } });
  const { failed } = again({ failed: error }) as { failed: RunError };
  expect(failed).toBeInstanceOf(RunError);
  expect(failed).toMatchObject({ code: 'TASK_FAILED', message: 'it failed', taskName: 'load', mapIndex: 3 });
  expect([failed.stack, failed.cause]).toEqual([error.stack, cause]);
  expect(again(new AuthoringError('LATE_EDGE', 'late'))).toBeInstanceOf(AuthoringError);
  expect(() => again({ cause })).toThrow(/non-POJO|arbitrary/);
  expect(() => again(new RunError('TASK_FAILED', 'x', { details: { act: () => 1 } }))).toThrow(/function/);
});

test('a typed array does not share its buffer with others', () => {
  const back = again([new Uint8Array([1, 2, 3])]) as [Uint8Array];
  expect(back[0].buffer.byteLength).toBe(3);
});

test('a stored value travels as what it refers to, at any depth', () => {
  const back = again({ args: [{ rows: new Stored(data) }], map: new Map([['k', new Stored(data)]]) }) as {
    args: [{ rows: unknown }];
    map: Map<string, unknown>;
  };
  expect(storedIn(back.args[0].rows)).toEqual(data);
  expect(storedIn(back.map.get('k'))).toEqual(data);
});

test('a handle that only gives its tag, and a plain object that bears it, are stored values', () => {
  const refuses = new Proxy(new Stored(data), {
    get: (target, key) => {
      if (key === storedTag) return target[storedTag];
      throw new RangeError(`read ${String(key)}`);
    },
    ownKeys: () => [],
  });
  expect(storedIn(again(refuses))).toEqual(data);
  expect(storedIn(again([{ [storedTag]: data }] as unknown[]))).toBeUndefined();
  expect(storedIn((again([{ [storedTag]: data }]) as unknown[])[0])).toEqual(data);
});

test('plain data that looks like an encoded stored value stays plain data', () => {
  const lookalike = [['Stored', 1], data, new Date(0)];
  const back = again(lookalike);
  expect(back).toEqual(lookalike);
  expect(storedIn((back as unknown[])[0])).toBeUndefined();
});

class Invoice {
  total = 1;
}
test.each<[string, unknown, string]>([
  ['a function', { rows: [{ save: () => 1 }] }, '.rows[0].save'],
  ['an instance of a class', [new Invoice()], '[0]'],
  ['a symbol', { a: Symbol('s') }, '.a'],
])('%s is refused with its path', (_, value, path) =>
  expect(() => encodeText(value)).toThrow(
    expect.objectContaining({ code: 'NOT_SERIALIZABLE', details: { path }, message: expect.stringContaining(path) }),
  ),
);

test('what is nested too deep is refused, not overflown by', () => {
  expect(() => encodeText(nested(maxDepth + 1))).toThrow(
    expect.objectContaining({ code: 'NOT_SERIALIZABLE', details: { maxDepth } }),
  );
  expect(() => encodeText(nested(200_000))).toThrow(expect.objectContaining({ code: 'NOT_SERIALIZABLE' }));
});

test.each<[string, unknown]>([
  ['a Map', { seats: new Map([['12A', Promise.resolve(1)]]) }],
  ['a Set', new Set([Promise.resolve(1)])],
])('a future in %s is refused in words for who wrote the flow', (_, value) =>
  expect(() => encodeText(value)).toThrow(/future.*not out of a Map, a Set.*await it first/),
);
