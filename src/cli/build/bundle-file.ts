/**
 * A bundle made ahead of time, as files: the code, and beside it (`.json`) what it was made of. HOST.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { FlowBundle } from '../../compiler/index.js';
import { UsageError } from '../../core/errors.js';
import { oneLine } from '../printable.js';
import { readJsonFile, writeFileAtomic } from '../../project/index.js';

export interface BundleManifest {
  format: 1;
  hash: string;
  codeSha256: string;
  /** By base name: the machine that builds and the one that runs have other folders. */
  entries: { file: string; hash: string }[];
  flows: string[];
  /** Of perdure, that made it. */
  version: string;
}

export const perdureVersion = (): string =>
  (JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string }).version;

const sha256 = (code: string): string => createHash('sha256').update(code).digest('hex');

export const writeBundleFile = (path: string, bundle: FlowBundle, flows: string[]): void => {
  const manifest: BundleManifest = {
    format: 1,
    hash: bundle.hash,
    codeSha256: sha256(bundle.code),
    entries: bundle.entries.map(({ file, hash }) => ({ file: basename(file), hash })),
    flows,
    version: perdureVersion(),
  };
  mkdirSync(dirname(path), { recursive: true });
  writeFileAtomic(path, bundle.code, 0o644);
  writeFileAtomic(`${path}.json`, `${JSON.stringify(manifest, undefined, 2)}\n`, 0o644);
};

const refuse = (path: string, why: string): UsageError =>
  new UsageError('BAD_USAGE', `${path} ${why} Make it anew: perdure build FILE… --out ${basename(path)}`, {
    details: { option: '--bundle', path },
  });

export interface BundleFile {
  bundle: FlowBundle;
  /** @throws UsageError when the files, as they are now, declare a flow that the bundle does not have */
  checkManifest(manifest: { flows: readonly { name: string }[] }): void;
}

/** @throws UsageError when it is not a bundle, was changed, or was made by another version of Perdure or of other files */
export const readBundleFile = (given: string, files: readonly string[]): BundleFile => {
  const path = resolve(given);
  let code: string;
  try {
    code = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UsageError('FILE_NOT_FOUND', `There is no file ${path}.`, { cause, details: { file: path } });
  }
  const manifest = readJsonFile(`${path}.json`) as BundleManifest | undefined;
  if (manifest?.format !== 1)
    throw refuse(path, `is not a bundle of perdure build: ${basename(path)}.json is not beside it.`);
  if (manifest.codeSha256 !== sha256(code)) throw refuse(path, 'is not the file that its .json describes.');
  if (manifest.version !== perdureVersion())
    throw refuse(path, `was made by perdure ${manifest.version}, and this is ${perdureVersion()}.`);
  const hashOf = new Map(manifest.entries.map(({ file, hash }) => [file, hash]));
  const missing = files.find((file) => !hashOf.has(basename(file)));
  if (missing !== undefined)
    throw refuse(path, `has nothing of ${basename(missing)}: it was made of ${[...hashOf.keys()].join(', ')}.`);
  const bundle: FlowBundle = {
    ...{ code, path, hash: manifest.hash, fromCache: true, warnings: [], dependencies: [...files] },
    entries: files.map((file) => ({ file, hash: hashOf.get(basename(file)) ?? '' })),
  };
  const checkManifest: BundleFile['checkManifest'] = ({ flows }) => {
    const unknown = flows.find(({ name }) => !manifest.flows.includes(name));
    if (unknown !== undefined)
      throw refuse(path, `has no flow '${oneLine(unknown.name)}': it was made of an older version of the files.`);
  };
  return { bundle, checkManifest };
};
