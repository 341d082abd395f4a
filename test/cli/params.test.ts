import { paramsOf } from '../../src/cli/params.js';
import { UsageError } from '../../src/core/errors.js';

test('a value is JSON where it is JSON, and text elsewhere', () => {
  const param = ['n=3', 'on=true', 'list=[1,2]', 'text=three', 'quoted="3"', 'empty=', 'a=b=c', 'day=2026-01-31'];
  expect(paramsOf({ param })).toEqual({
    ...{ n: 3, on: true, list: [1, 2], text: 'three', quoted: '3', empty: '', a: 'b=c', day: '2026-01-31' },
  });
});

test('single parameters win over the object of all', () => {
  expect(paramsOf({ params: '{"n":1,"m":2}', param: ['n=5'] })).toEqual({ n: 5, m: 2 });
});

test('none given is none', () => {
  expect(paramsOf({})).toBeUndefined();
});

test('a parameter called __proto__ is a parameter', () => {
  const params = paramsOf({ param: ['__proto__={"x":1}'] });
  expect(Object.keys(params ?? {})).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(params)).toBe(Object.prototype);
});

test.each([
  [{ param: ['n'] }, /--param name=value, got n/],
  [{ param: ['=3'] }, /--param name=value/],
  [{ params: '{' }, /--params to be JSON/],
  [{ params: '[1]' }, /JSON object/],
  [{ params: 'null' }, /JSON object/],
])('%j is refused', (options, message) => {
  expect(() => paramsOf(options)).toThrow(message);
  expect(() => paramsOf(options)).toThrow(UsageError);
});
