/**
 * The door "perdure": what users write flows with, and what runs them. HOST; flow code gets the sandbox's build of the
 * same door (`workflows/index.ts`) by an export condition. Loading it loads no SDK: that comes with the first run.
 */
import { installLauncher } from './authoring/launcher.js';
import { provideLogSinkIfNone } from './authoring/logger.js';
import { provideSecretsIfNone } from './authoring/secret.js';
import { readSecret } from './secrets/index.js';
import { hostLauncher } from './executors/launcher.js';

export * from './authoring/index.js';
// Its declarations make `handle.workflow` the SDK's.
export type {} from './client.js';
export { patched, deprecatePatch } from './executors/patched.js';
export { getRun } from './executors/get-run.js';
export { isMain } from './executors/is-main.js';
export { inline, type InlineExecutor, type InlineOptions } from './executors/inline.js';
export { local, type LocalExecutor, type LocalOptions } from './executors/local.js';
export { temporal, type TemporalExecutor, type TemporalOptions } from './executors/temporal.js';

installLauncher(hostLauncher);
provideSecretsIfNone(readSecret);
provideLogSinkIfNone((level, message) => void process.stderr.write(`${level} ${message}\n`));
