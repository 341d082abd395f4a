/** Door of `secrets/`: reads secrets by name, and keeps what was read out of everything that leaves the process. HOST. */
export { readSecret, useSecretsOf } from './read-secret.js';
export { hasSecrets, redact, holdsSecret, redactData, refuseSecrets, secretIn } from './redact.js';
