/**
 * A PostgreSQL of its own for a peer that needs one: a new database in a temporary folder, on a free port of this
 * machine, with the settings it is shipped with. It ends, and its folder goes, with `stop()`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where Debian keeps the programs that it does not put on the PATH, newest first. */
const debianFolders = () => {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return [];
  const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(root, version, 'bin'));
};

/** The folder with `initdb` and `postgres`, or undefined. */
export const findPostgres = () => {
  const { stdout } = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' });
  return [...(stdout ? [stdout.trim()] : []), ...debianFolders()].find((folder) => existsSync(join(folder, 'initdb')));
};

const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

/** PostgreSQL refuses to run as root: there, as the user `postgres` that its package made. */
const user = () => {
  if (process.getuid?.() !== 0) return {};
  const id = (flag) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  return { uid: id('-u'), gid: id('-g') };
};

/** @returns {Promise<{ url: string, stop: () => Promise<void> }>} */
export const startPostgres = async (binDir) => {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-bench-pg-'));
  const as = { ...user(), cwd: folder };
  if (as.uid !== undefined) chownSync(folder, as.uid, as.gid);
  const data = join(folder, 'data');
  const made = spawnSync(join(binDir, 'initdb'), ['-D', data, '-U', 'bench', '-A', 'trust'], {
    ...as,
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`initdb ended with ${made.status}: ${made.stderr}`);
  const port = await freePort();
  const server = spawn(join(binDir, 'postgres'), ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder], {
    ...as,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise((done) => server.once('exit', done));
  let log = '';
  await new Promise((done, fail) => {
    server.stderr.on('data', (chunk) => {
      if (log.length < 100_000) log += chunk;
      if (log.includes('ready to accept connections')) done();
    });
    void ended.then(() => fail(new Error(`postgres did not start: ${log}`)));
  });
  return {
    url: `postgresql://bench@127.0.0.1:${port}/dbos_sys`,
    async stop() {
      server.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
