import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../src/core/errors.js';
import { externalServer } from '../../src/dev-server/index.js';
import { useFakeMachine } from './fake-machine.js';

const machine = useFakeMachine();

const profileFile = (toml: string): void => {
  process.env['TEMPORAL_CONFIG_FILE'] = join(machine.root, 'temporal.toml');
  writeFileSync(join(machine.root, 'temporal.toml'), toml);
};

test('without an address there is none, whatever else is set', () => {
  expect(externalServer()).toBeUndefined();
  process.env['TEMPORAL_NAMESPACE'] = 'elsewhere';
  process.env['TEMPORAL_API_KEY'] = 'key';
  expect(externalServer()).toBeUndefined();
});

test("Temporal's variables name it", () => {
  Object.assign(process.env, {
    TEMPORAL_ADDRESS: 'example.test:7233',
    TEMPORAL_NAMESPACE: 'flows',
    TEMPORAL_GRPC_META_TEAM: 'data',
  });
  expect(externalServer()).toEqual({
    kind: 'external',
    address: 'example.test:7233',
    namespace: 'flows',
    metadata: { team: 'data' },
  });
});

test('a profile names it, variables overrule the profile, and options overrule both', () => {
  profileFile(
    '[profile.default]\naddress = "a.test:1"\nnamespace = "from-file"\n[profile.cloud]\naddress = "b.test:2"\napi_key = "k"\n',
  );
  expect(externalServer()).toMatchObject({ address: 'a.test:1', namespace: 'from-file' });
  expect(externalServer({ profile: 'cloud' })).toMatchObject({
    address: 'b.test:2',
    namespace: 'default',
    tls: true,
    apiKey: 'k',
  });
  process.env['TEMPORAL_NAMESPACE'] = 'from-variable';
  expect(externalServer()).toMatchObject({ address: 'a.test:1', namespace: 'from-variable' });
  expect(externalServer({ address: '[::1]:7233', namespace: 'mine', tls: false })).toEqual({
    kind: 'external',
    address: '[::1]:7233',
    namespace: 'mine',
    tls: false,
  });
});

test.each([
  ['a file that is not TOML', () => profileFile('address = = 1')],
  [
    'a profile that is not in the file',
    () => {
      profileFile('[profile.default]\naddress = "a.test:1"\n');
      process.env['TEMPORAL_PROFILE'] = 'absent';
    },
  ],
  [
    'a named file that does not exist',
    () => void (process.env['TEMPORAL_CONFIG_FILE'] = join(machine.root, 'none.toml')),
  ],
  ['an address without a port', () => void (process.env['TEMPORAL_ADDRESS'] = 'example.test')],
  ['an address with a scheme', () => void (process.env['TEMPORAL_ADDRESS'] = 'http://example.test:7233')],
  ['a port out of range', () => void (process.env['TEMPORAL_ADDRESS'] = 'example.test:70000')],
  [
    'a certificate file that cannot be read',
    () =>
      Object.assign(process.env, {
        TEMPORAL_ADDRESS: 'a.test:1',
        TEMPORAL_TLS_CLIENT_CERT_PATH: join(machine.root, 'none.pem'),
      }),
  ],
])('%s is BAD_CONFIG', (_, arrange) => {
  arrange();
  expect(() => externalServer()).toThrow(ConfigError);
  expect(() => externalServer()).toThrow(expect.objectContaining({ code: 'BAD_CONFIG' }));
});
