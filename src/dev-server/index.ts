/**
 * Door of `dev-server/`: where the Temporal server is, or how one comes to be. Host. It gets a verified binary,
 * starts, joins, adopts and stops the embedded server, and reads the settings that name another one. It knows
 * nothing of flows, workers or bundles.
 */
export type { ServerAddress } from './server-address.js';
export { externalServer, type ExternalServer, type ExternalServerOverrides } from './external-server.js';
export { openDevServer, type OpenDevServerOptions } from './open-server.js';
export { openTimeSkippingServer, type TimeSkippingServer } from './time-skipping-server.js';
export type { DevServer, ServerEnd } from './dev-server.js';
export { runningServer, type RunningServer } from './running-server.js';
export { findServerBinary, type BinaryPlace, type FindBinaryOptions, type ServerBinary } from './find-binary.js';
export { isAlive, toProcessRef } from './process-identity.js';
export { inspectServer, type ServerInspection } from './inspect-server.js';
