/** A secret in flow code only stands for it; elsewhere it is read. */
import { provideCurrentRun } from '../../src/authoring/current-run.js';
import { provideSecrets, secret } from '../../src/authoring/secret.js';
import { encodeText } from '../../src/core/text-codec.js';

beforeAll(() => provideSecrets((name) => Promise.resolve(`value of ${name}`)));
afterEach(() => provideCurrentRun(() => undefined));
const inFlow = (): void => provideCurrentRun(() => ({ kind: 'flow', flowName: 'f', runId: 'r', tags: [] }) as never);

test('outside of flow code it is the value', async () => {
  expect(await secret('NAME')).toBe('value of NAME');
});

test('in flow code it is passed on by its name', () => {
  inFlow();
  const { text } = encodeText({ token: secret('NAME') });
  expect(text).toContain('NAME');
  expect(text).not.toContain('value of');
});

test.each<[string, (one: unknown) => unknown]>([
  ['waiting for it', async (one) => one],
  ['making a text of it', async (one) => `${one as string}`],
  ['writing it as JSON', async (one) => JSON.stringify({ one: await Promise.resolve({ one }) })],
])('%s in flow code is refused', async (_, use) => {
  inFlow();
  await expect((async () => use(secret('NAME')))()).rejects.toMatchObject({
    name: 'AuthoringError',
    code: 'SECRET_IN_FLOW',
    details: { name: 'NAME' },
  });
});

test('a secret without a name is refused', () => {
  expect(() => secret(' ')).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
});
