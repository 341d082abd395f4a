import { invocation } from '../../src/cli/invocation.js';

test.each([
  [undefined, 'perdure'],
  ['npm/10.8.2 node/v20.20.2 linux x64 workspaces/false', 'npx perdure'],
  ['pnpm/9.1.0 npm/? node/v20.20.2 linux x64', 'pnpm perdure'],
  ['yarn/4.2.2 npm/? node/v20.20.2 linux x64', 'yarn perdure'],
  ['constructor/1', 'perdure'],
])('started by %p it is called %p', (agent, words) => {
  expect(invocation({ npm_config_user_agent: agent })).toBe(words);
});
