/** Tests are TypeScript in ESM; `.js` in an import of ours means the `.ts` beside it. */
// What the command prints to be copied names the package manager that started it: here, none.
delete process.env.npm_config_user_agent;

export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  moduleNameMapper: {
    // Files that are a user's project in another test, and modules of this one.
    '^perdure$': '<rootDir>/src/index.ts',
    '^(\\.{1,2}/.*/src/.*|\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js'],
  },
  // Room for a cold start on a slow machine; a test that takes longer hangs.
  testTimeout: 300_000,
};
