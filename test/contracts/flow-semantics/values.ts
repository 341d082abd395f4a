// Values that JSON cannot hold, and some that nothing can.
import { task } from 'perdure';

const cyclic = (): unknown => {
  const node: Record<string, unknown> = { name: 'node' };
  node['self'] = node;
  return node;
};
export const makers = {
  map: () =>
    new Map<unknown, unknown>([
      ['a', new Set([1])],
      [2, new Date(0)],
    ]),
  set: () => new Set(['x', { y: 1 }]),
  date: () => new Date(86_400_000),
  bigint: () => 12_345_678_901_234_567_890n,
  undefined: () => undefined,
  null: () => null,
  nan: () => NaN,
  infinity: () => -Infinity,
  'negative zero': () => -0,
  bytes: () => new Uint8Array([1, 2, 255]),
  floats: () => new Float64Array([0.5, -1]),
  buffer: () => new Uint8Array([7, 8]).buffer,
  regexp: () => /a+b/gi,
  text: () => 'ü\u2028"\ud83d\ude00',
  'lone surrogate': () => 'a\ud800b',
  'undefined inside': () => ({ a: undefined, b: [undefined, 1] }),
  'no prototype': () => Object.assign(Object.create(null) as object, { a: 1 }),
  empty: () => [{}, [], '', 0, false],
  cycle: cyclic,
  shared: () => {
    const one = { id: 1 };
    return [one, one];
  },
  deep: () => {
    let value: unknown = 'end';
    for (let i = 0; i < 90; i++) value = [value];
    return value;
  },
};
export type Kind = keyof typeof makers;

export const make = task('make', (kind: Kind): unknown => makers[kind]());
/** What it is, in words that JSON can hold. */
export const describe = (value: unknown): string => {
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (value instanceof Map) return `Map(${[...value].map((entry) => entry.map(describe).join(':')).join(',')})`;
  if (value instanceof Set) return `Set(${[...value].map(describe).join(',')})`;
  if (ArrayBuffer.isView(value)) return `${tag}(${[...(value as Uint8Array)].join(',')})`;
  if (tag === 'ArrayBuffer') return `ArrayBuffer(${[...new Uint8Array(value as ArrayBuffer)].join(',')})`;
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (Object.is(value, -0)) return '-0';
  if (Array.isArray(value)) return `[${value.map(describe).join(',')}]`;
  if (typeof value !== 'object' || value === null) return `${typeof value} ${String(value)}`;
  if (tag !== 'Object') return `${tag} ${String(value)}`;
  const self = value as { self?: unknown };
  if (self.self === value) return 'a cycle';
  return `{${Object.keys(value)
    .map((key) => `${key}:${describe((value as Record<string, unknown>)[key])}`)
    .join(',')}}`;
};
export const kindOf = task('kind of', (value: unknown) => describe(value));
export const makeBad = task('make bad', (kind: 'function' | 'instance' | 'symbol' | 'deep' | 'proto'): unknown => {
  class Invoice {
    readonly total = 1;
  }
  switch (kind) {
    case 'function':
      return { rows: [{ save: () => 1 }] };
    case 'instance':
      return { invoice: new Invoice() };
    case 'symbol':
      return [Symbol('s')];
    case 'proto':
      return JSON.parse('{"__proto__": {"x": 1}}');
    case 'deep': {
      let value: unknown = 'end';
      for (let i = 0; i < 2_000; i++) value = [value];
      return value;
    }
  }
});
