/** Starts the peers that `install.mjs` has installed, each with a home of its own that goes with it. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manifestFile } from './cache-folder.mjs';
import { type Contender, type ContenderOptions, startContender } from './contender.js';

interface Manifest {
  installed: ContenderOptions[];
  failed: { name: string; why: string }[];
}

const readManifest = (): Manifest =>
  existsSync(manifestFile)
    ? (JSON.parse(readFileSync(manifestFile, 'utf8')) as Manifest)
    : { installed: [], failed: [{ name: 'all peers', why: '`node bench/peers/install.mjs` has not been run' }] };

export interface Peers {
  contenders: Contender[];
  /** One line for each that could not be installed, with the reason. */
  missing: string[];
  close(): Promise<void>;
}

export const startPeers = (isWanted: (name: string) => boolean, env: Record<string, string> = {}): Peers => {
  const { installed, failed } = readManifest();
  const home = mkdtempSync(join(tmpdir(), 'perdure-bench-peers-'));
  process.once('exit', () => rmSync(home, { recursive: true, force: true }));
  const homes = { PREFECT_HOME: join(home, 'prefect3'), PREFECT__HOME_DIR: join(home, 'prefect1') };
  const contenders = installed
    .filter(({ name }) => isWanted(name))
    .map((peer) => startContender({ ...peer, env: { ...homes, ...env } }));
  return {
    contenders,
    missing: failed.map(({ name, why }) => `${name}: not measured: ${why}`),
    close: async () => void (await Promise.all(contenders.map((contender) => contender.close()))),
  };
};
