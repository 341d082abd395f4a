/** Node, the platform, the project's folder and its disk. HOST. */
import { accessSync, constants, existsSync, lstatSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import type { Project } from '../../project/index.js';
import { type Finding, fail, ok, warn } from './finding.js';

const packageJson = new URL('../../../package.json', import.meta.url);
const { version, engines } = JSON.parse(readFileSync(packageJson, 'utf8')) as {
  version: string;
  engines: { node: string };
};

/** Whether `version` is at least `least`, both as numbers with dots. */
export const isAtLeast = (given: string, least: string): boolean => {
  const [a, b] = [given, least].map((text) => text.split('.').map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
};

const node = (): Finding => {
  const least = engines.node.replace(/^\D+/, '');
  const { node: own } = process.versions;
  return isAtLeast(own, least)
    ? ok('node', own)
    : fail('node', `${own}, and ${least} or later is needed`, `Install Node ${least} or later.`);
};

/** Temporal's native core is built for glibc, not for musl. */
const platform = (): Finding => {
  const { glibcVersionRuntime } = (process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header;
  const libc =
    process.platform === 'linux' ? `, ${glibcVersionRuntime ? `glibc ${glibcVersionRuntime}` : 'no glibc'}` : '';
  const machine = `${process.platform} ${process.arch}${libc}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  if (process.platform === 'linux' && !glibcVersionRuntime)
    return fail(
      'platform',
      machine,
      "Temporal's worker needs glibc: use an image with it (node:20-slim in place of node:20-alpine).",
    );
  return ok('platform', machine);
};

const folder = (project: Project): Finding => {
  const found = lstatSync(project.stateDir, { throwIfNoEntry: false });
  const isFolder = statSync(project.stateDir, { throwIfNoEntry: false })?.isDirectory();
  if (found && !isFolder)
    return fail(
      'project',
      `${project.stateDir} is no folder`,
      `Move ${project.stateDir} away: the state of runs is kept in a folder of that name, which Perdure makes.`,
    );
  const place = found ? project.stateDir : project.root;
  try {
    accessSync(place, constants.W_OK);
    return ok('project', `${project.name} in ${project.root}`);
  } catch {
    return fail(
      'project',
      `${project.root}: ${place} cannot be written`,
      `Make ${place} writable: the state of runs is kept in .perdure.`,
    );
  }
};

const gigabyte = 2 ** 30;

const disk = (project: Project): Finding => {
  const { bavail, bsize } = statfsSync(existsSync(project.stateDir) ? project.stateDir : project.root);
  const free = bavail * bsize;
  const words =
    free > 10 * gigabyte ? `${Math.floor(free / gigabyte)} GiB free` : `${(free / gigabyte).toFixed(1)} GiB free`;
  if (free < 0.1 * gigabyte) return fail('disk', words, `Free some space on the disk of ${project.root}.`);
  return free < gigabyte ? warn('disk', words, `Little space on the disk of ${project.root}.`) : ok('disk', words);
};

export const machineFindings = (project: Project): Finding[] => [
  ok('perdure', version),
  node(),
  platform(),
  folder(project),
  disk(project),
];
