/** The server: its binary, the settings that name another, what runs, and its database. HOST, pure. */
import type { ServerInspection } from '../../dev-server/index.js';
import { type Finding, fail, ok, warn } from './finding.js';

const binary = ({ binary: found, places, external, advice }: ServerInspection): Finding[] => {
  const findings = places.map(({ place, found: what, taken }) =>
    ok(`binary: ${place}`, `${taken ? 'taken: ' : ''}${what}`),
  );
  if (found || external.server) return findings;
  const unsupported = advice.find((line) => line.startsWith('There is no verified server'));
  if (unsupported !== undefined) return [...findings, fail('server binary', 'none', unsupported)];
  return [
    ...findings,
    warn(
      'server binary',
      'none yet',
      advice.find((line) => line.startsWith('No server is installed')),
    ),
  ];
};

const settings = ({ external }: ServerInspection): Finding => {
  if (external.problem !== undefined)
    return fail(
      'settings',
      external.problem,
      'Mend the TEMPORAL_* variables or temporal.toml; unset, the embedded server is used.',
    );
  if (external.server === undefined) return ok('settings', 'none: the embedded server is used');
  const { address, namespace, tls } = external.server;
  return ok('settings', `${address}, namespace ${namespace}${tls ? ', TLS' : ''}: the embedded server is not used`);
};

const state = ({ state: now, server, lockHolderPid }: ServerInspection): Finding[] => {
  const holder = lockHolderPid === undefined ? '' : `; process ${lockHolderPid} is starting or stopping it`;
  if (now === 'running' && server !== undefined) {
    const kept = server.mode === 'kept' ? 'kept up by perdure dev' : 'of a run';
    const words = `running, ${kept}: ${server.address}, process ${server.pid}, version ${server.version}, ${server.users.length} user${server.users.length === 1 ? '' : 's'}`;
    return server.users.length === 0
      ? [warn('server', words, 'It was left behind by a killed run. The next run adopts it; nothing is lost.')]
      : [ok('server', words), ...(server.uiUrl === undefined ? [] : [ok('UI', server.uiUrl)])];
  }
  if (now === 'silent')
    return [
      fail(
        'server',
        `it runs and does not answer${holder}`,
        'If it is stopped (SIGSTOP), continue it; else end it: the next run starts it again.',
      ),
    ];
  if (now === 'stale')
    return [warn('server', 'it was killed', 'The next run starts it again on the same database; nothing is lost.')];
  return [ok('server', `not running${holder}`)];
};

const database = ({ database: found, retentionDays, advice }: ServerInspection): Finding[] => {
  if (!found.exists) return [ok('database', 'none yet')];
  const damage = found.isDamaged ? advice.find((line) => line.startsWith(found.file)) : undefined;
  if (damage !== undefined) return [fail('database', `${found.file} is damaged`, damage)];
  const size = `${(found.bytes / 2 ** 20).toFixed(1)} MiB`;
  const words = `${found.file}, ${size}, ${found.wal ? 'write-ahead log' : 'no write-ahead log'}`;
  const findings: Finding[] = [
    found.wal === false
      ? fail('database', words, 'A crash could cost runs: move the project to a local disk.')
      : ok('database', words),
  ];
  if (found.openIn.length > 1)
    findings.push(
      fail('database', `open in several servers: ${found.openIn.join(', ')}`, 'End all of them but one, now.'),
    );
  if (retentionDays !== undefined)
    findings.push(
      retentionDays < 30
        ? warn('history', `kept for ${retentionDays} days`, 'Ended runs are forgotten sooner than the usual 30 days.')
        : ok('history', `kept for ${retentionDays} days`),
    );
  return findings;
};

export const serverFindings = (inspection: ServerInspection): Finding[] => {
  const findings = [...binary(inspection), settings(inspection), ...state(inspection), ...database(inspection)];
  const refused = inspection.places.find(({ found }) => found.includes('refused, SHA-256'));
  if (refused !== undefined)
    findings.push(
      warn(
        'server binary',
        refused.found,
        'It is damaged or was changed. It is not run; the next run fetches it again.',
      ),
    );
  return findings;
};
