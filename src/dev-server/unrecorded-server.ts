/**
 * A server on a project's database that `server.json` does not speak of. Host. Such a one is there when its starter
 * was killed before it could write, when the record was deleted, or when the user started a server by hand.
 */
import { ConnectionError } from '../core/errors.js';
import { argument, findDatabaseUsers } from './database.js';
import { identityOf } from './process-identity.js';
import { stateFiles, type ServerRecord } from './server-record.js';

/** The record it should have had. One that Perdure did not start, or more than one, is refused: `SERVER_STATE_IN_USE`. */
export const unrecordedServer = (stateDir: string): ServerRecord | undefined => {
  const { database } = stateFiles(stateDir);
  const [found, ...others] = findDatabaseUsers(database);
  if (!found) return undefined;
  const [grpc, http, ui] = ['--port', '--http-port', '--ui-port'].map((name) => Number(argument(found.args, name)));
  const identity = identityOf(found.pid);
  if (others.length > 0 || !grpc || !http || identity === undefined)
    throw new ConnectionError(
      'SERVER_STATE_IN_USE',
      `${database} is open in another Temporal server (process ${[found, ...others].map(({ pid }) => pid).join(', ')}), which Perdure did not start. ` +
        'End that process, or name it with TEMPORAL_ADDRESS to use it. Two servers on one file would destroy it.',
      { details: { database, pids: [found, ...others].map(({ pid }) => pid) } },
    );
  return {
    server: { pid: found.pid, identity },
    ports: { grpc, http, ...(ui ? { ui } : {}) },
    version: 'unknown',
    mode: 'transient',
    startedAt: new Date().toISOString(),
  };
};
