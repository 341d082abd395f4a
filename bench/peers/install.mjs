/**
 * Installs the peers in pinned versions: a virtual environment for each Python one, one npm prefix for the others, all
 * in a cache folder outside the checkout. Says which could not be installed and why; the benchmarks then leave them out.
 * node bench/peers/install.mjs [--force]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, manifestFile, npmFolder } from './cache-folder.mjs';
import { findPostgres } from './postgres.mjs';

const npmPackages = ['@dbos-inc/dbos-sdk@5.3.0', 'tinypool@2.2.0'];
const here = (file) => join(import.meta.dirname, file);
const force = process.argv.includes('--force');

class NotInstalled extends Error {}

const run = (command, args) => {
  const { status, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    shell: command === 'npm' && process.platform === 'win32',
  });
  if (status !== 0)
    throw new NotInstalled(`${command} ${args[0]} … failed: ${(error?.message ?? stderr).trim().split('\n').at(-1)}`);
};

const answers = (command, args) => spawnSync(command, args, { encoding: 'utf8' }).stdout?.trim() ?? '';

/** A Python of that version: on the PATH, by Windows' launcher, or one that pyenv has. */
const findPython = (version) => {
  const is = (command, ...args) =>
    answers(command, [...args, '-c', 'import sys; print("%d.%d" % sys.version_info[:2])']) === version;
  for (const name of [`python${version}`, 'python3', 'python']) if (is(name)) return [name];
  if (process.platform === 'win32' && is('py', `-${version}`)) return ['py', `-${version}`];
  const known = answers('pyenv', ['versions', '--bare'])
    .split('\n')
    .map((line) => line.trim());
  const full = known.filter((name) => name.startsWith(`${version}.`)).at(-1);
  return full === undefined ? undefined : [join(answers('pyenv', ['prefix', full]), 'bin', 'python')];
};

/** A virtual environment with what `requirements/<name>.txt` pins; gives its Python. */
const pythonPeer = (name, versions) => {
  const folder = join(cacheFolder, name);
  const python = process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
  const wanted = readFileSync(here(`requirements/${name}.txt`), 'utf8');
  const mark = join(folder, 'installed.txt');
  if (!force && existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return python;
  const found = versions.map(findPython).find((command) => command !== undefined);
  if (found === undefined) throw new NotInstalled(`needs Python ${versions.join(' or ')}, which is not here`);
  rmSync(folder, { recursive: true, force: true });
  const [command, ...args] = found;
  run(command, [...args, '-m', 'venv', folder]);
  run(python, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '-r',
    here(`requirements/${name}.txt`),
  ]);
  writeFileSync(mark, wanted);
  return python;
};

const installNpm = () => {
  const mark = join(npmFolder, 'installed.txt');
  const wanted = npmPackages.join('\n');
  if (!force && existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return;
  rmSync(npmFolder, { recursive: true, force: true });
  mkdirSync(npmFolder, { recursive: true });
  writeFileSync(join(npmFolder, 'package.json'), '{"private":true,"type":"module"}');
  run('npm', ['install', '--prefix', npmFolder, '--no-audit', '--no-fund', '--save-exact', ...npmPackages]);
  writeFileSync(mark, wanted);
};

/** What starts each peer, or the reason why it cannot be. */
const peers = {
  'Prefect 1, local': () => [pythonPeer('prefect1', ['3.9']), here('prefect1.py'), 'local'],
  'Prefect 1, 2 processes': () => [pythonPeer('prefect1', ['3.9']), here('prefect1.py'), 'processes'],
  'Prefect 1, Dask': () => [pythonPeer('prefect1', ['3.9']), here('prefect1.py'), 'dask'],
  'Prefect 3': () => [pythonPeer('prefect3', ['3.11', '3.12']), here('prefect3.py')],
  Dask: () => [pythonPeer('dask', ['3.11', '3.12']), here('dask_distributed.py')],
  DBOS: () => {
    const binDir = findPostgres();
    if (binDir === undefined)
      throw new NotInstalled('needs PostgreSQL (Debian: apt install postgresql), which is not here');
    installNpm();
    return [process.execPath, here('dbos.mjs'), npmFolder, binDir];
  },
  tinypool: () => {
    installNpm();
    return [process.execPath, here('tinypool.mjs'), npmFolder];
  },
};

const manifest = { installed: [], failed: [] };
for (const [name, install] of Object.entries(peers)) {
  try {
    manifest.installed.push({ name, command: install() });
    console.log(`${name}: installed`);
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error;
    manifest.failed.push({ name, why: error.message });
    console.log(`${name}: not installed: ${error.message}`);
  }
}
mkdirSync(cacheFolder, { recursive: true });
writeFileSync(manifestFile, JSON.stringify(manifest, undefined, 2));
console.log(`In ${cacheFolder}`);
