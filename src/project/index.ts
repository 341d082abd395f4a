/**
 * Door of `project/`: where a user's project is, what it is called and where its state lies. Host.
 * Knows nothing of servers, flows or bundles; those rooms get a `Project` and choose their own files in it.
 */
export { findProject, type Project } from './project.js';
export { ensureStateDir } from './state-dir.js';
export { resultStoreUrl } from './store-url.js';
export { makeStateFolder, readJsonFile, removeStateFile, writeFileAtomic } from './atomic-file.js';
