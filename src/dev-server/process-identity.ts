/**
 * Which process a recorded pid means. Host. A pid is used again by the system after its process has ended; a
 * record of a process therefore holds its start as well, and only both together are acted upon.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

export interface ProcessRef {
  pid: number;
  /** When it started (Linux, macOS) or its image's name (Windows, which has no cheap way to the start). */
  identity: string;
}

let ownIdentity: string | undefined;
let bootId: string | undefined;

/** This process, for a record. */
export const thisProcess = (): ProcessRef => {
  ownIdentity ??= identityOf(process.pid) ?? basename(process.execPath).toLowerCase();
  return { pid: process.pid, identity: ownIdentity };
};

/** The identity of a live process; `undefined` when there is none, or only its unburied remains. */
export const identityOf = (pid: number): string | undefined => {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (process.platform === 'linux') return linuxIdentity(pid);
  if (!signalReaches(pid)) return undefined;
  return process.platform === 'win32' ? windowsIdentity(pid) : unixIdentity(pid);
};

/** Whether the process of that record is the one that runs under its pid now. */
export const isAlive = (ref: ProcessRef): boolean => identityOf(ref.pid) === ref.identity;

/** Like `isAlive`, but cheap enough to ask many times a second: off Linux a pid that was used again is not noticed. */
export const seemsAlive = (ref: ProcessRef): boolean =>
  process.platform === 'linux' ? isAlive(ref) : signalReaches(ref.pid);

/** Ends it at once, if it is still the process that the record means. False when it was gone already. */
export const killProcess = (target: ProcessRef, signal: NodeJS.Signals = 'SIGKILL'): boolean => {
  if (!isAlive(target)) return false;
  try {
    process.kill(target.pid, signal);
    return true;
  } catch {
    return false;
  }
};

/** A process reference out of a state file, which may hold anything. */
export const toProcessRef = (value: unknown): ProcessRef | undefined => {
  const { pid, identity } = (value ?? {}) as Partial<Record<keyof ProcessRef, unknown>>;
  return typeof pid === 'number' && typeof identity === 'string' ? { pid, identity } : undefined;
};

const signalReaches = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const linuxIdentity = (pid: number): string | undefined => {
  try {
    // The command (field 2) may hold spaces and parentheses: what counts follows the last one.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startTicks] = [fields[0], fields[19]];
    if (state === 'Z' || state === 'X' || startTicks === undefined) return undefined;
    bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${bootId}/${startTicks}`;
  } catch {
    return undefined;
  }
};

const unixIdentity = (pid: number): string | undefined => {
  const [state, ...start] = outputOf('ps', ['-o', 'stat=,lstart=', '-p', String(pid)])
    .trim()
    .split(/\s+/);
  return state === undefined || state === '' || state.startsWith('Z') ? undefined : start.join(' ');
};

const windowsIdentity = (pid: number): string | undefined =>
  /^"([^"]+)"/.exec(outputOf('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']).trim())?.[1]?.toLowerCase();

const outputOf = (command: string, args: string[]): string => {
  try {
    return execFileSync(command, args, {
      encoding: 'utf8',
      timeout: 5_000,
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    });
  } catch {
    return '';
  }
};
