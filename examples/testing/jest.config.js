/** Flows are ES modules: jest runs them as such with `node --experimental-vm-modules`, TypeScript by way of swc. */
export default {
  roots: ['<rootDir>/jest'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022' }, module: { type: 'es6' } }] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js'] },
  collectCoverageFrom: ['billing.ts'],
};
