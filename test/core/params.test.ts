import { z } from 'zod';
import { parseParams, undeclaredParams } from '../../src/core/params.js';

const run = { flowName: 'Report', runId: 'r1' };

test('without a schema the parameters are what was given, or nothing', () => {
  expect(parseParams(undefined, { a: 1 }, run)).toEqual({ a: 1 });
  expect(parseParams(undefined, undefined, run)).toEqual({});
});

test('a schema gives defaults and transforms', () => {
  const schema = z.object({ n: z.coerce.number().default(3), day: z.string().transform((text) => text.length) });
  expect(parseParams(schema, { day: 'abc' }, run)).toEqual({ n: 3, day: 3 });
});

test('wrong parameters are refused with each issue and its path', () => {
  const schema = z.object({ n: z.number(), deep: z.object({ list: z.array(z.string()) }) });
  expect(() => parseParams(schema, { n: 'x', deep: { list: ['a', 1] } }, run)).toThrow(
    expect.objectContaining({
      code: 'BAD_PARAMS',
      runId: 'r1',
      message: expect.stringMatching(/'Report'.*n: .*; deep\.list\.1: /),
      details: expect.objectContaining({
        issues: [expect.objectContaining({ path: 'n' }), expect.objectContaining({ path: 'deep.list.1' })],
      }),
    }),
  );
});

test("a schema's own error, of whatever kind, is a refusal as well", () => {
  const schema = {
    parse: () => {
      throw 'not an error';
    },
  };
  expect(() => parseParams(schema, {}, run)).toThrow(expect.objectContaining({ code: 'BAD_PARAMS' }));
});

test('what a plain object drops is told; what it passes on, and what declares nothing, is not', () => {
  const given = { n: 1, m: 2 };
  const undeclared = (schema: z.ZodType): unknown => undeclaredParams(schema, given, schema.parse(given));
  expect(undeclared(z.object({ n: z.number(), top: z.number().default(3) }))).toEqual({
    names: ['m'],
    declared: ['n', 'top'],
  });
  expect(undeclared(z.looseObject({ n: z.number() }))).toMatchObject({ names: [] });
  expect(undeclared(z.object({ n: z.number() }).transform(({ n }) => [n]))).toEqual({ names: [], declared: [] });
  expect(undeclared(z.record(z.string(), z.number()))).toEqual({ names: [], declared: [] });
  expect(undeclaredParams(undefined, given, given)).toEqual({ names: [], declared: [] });
});
