/**
 * The server's SQLite file, looked at from outside. Host. Reads headers and the process table; it never opens the
 * database and never changes or removes it.
 */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { resolve } from 'node:path';

export interface DatabaseFacts {
  file: string;
  exists: boolean;
  bytes: number;
  walBytes: number;
  /** Whether it is in write-ahead mode; `undefined` while the file is too short to say. */
  wal: boolean | undefined;
  /** Something else is in its place: no SQLite file, or no file at all. */
  isForeign: boolean;
}

export const inspectDatabase = (file: string): DatabaseFacts => {
  const bytes = sizeOf(file);
  const walBytes = sizeOf(`${file}-wal`);
  const header = headerOf(file);
  const wal = isWal(header, walBytes);
  const isForeign = bytes !== undefined && bytes > 0 && header?.toString('latin1', 0, 16) !== 'SQLite format 3\0';
  return { file, exists: bytes !== undefined, bytes: bytes ?? 0, walBytes: walBytes ?? 0, wal, isForeign };
};

/** `undefined` where there is none, or where nobody lets us look. */
const sizeOf = (file: string): number | undefined => {
  try {
    return statSync(file).size;
  } catch {
    return undefined;
  }
};

/** `undefined` where it cannot be read or is shorter. */
const headerOf = (file: string): Buffer | undefined => {
  const header = Buffer.alloc(20);
  try {
    const descriptor = openSync(file, 'r');
    try {
      return readSync(descriptor, header, 0, 20, 0) < 20 ? undefined : header;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
};

/** Bytes 18 and 19 of the header are the write and read format versions: 2 is write-ahead, 1 is the rollback journal. */
const isWal = (header: Buffer | undefined, walBytes: number | undefined): boolean | undefined =>
  header === undefined ? (walBytes === undefined ? undefined : true) : header[18] === 2 && header[19] === 2;

export interface DatabaseUser {
  pid: number;
  /** Its command line. */
  args: string[];
}

/**
 * Server processes that were started on this very database, whether recorded or not: one left over from a start
 * that was killed before it could be recorded, or one that the user started. On Windows none are found.
 */
export const findDatabaseUsers = (file: string): DatabaseUser[] => {
  const processes =
    process.platform === 'linux' ? linuxProcesses() : process.platform === 'win32' ? [] : unixProcesses();
  const wanted = real(file);
  return processes.filter(({ pid, args }) => {
    const named = argument(args, '--db-filename') ?? argument(args, '-f');
    return args.includes('start-dev') && named !== undefined && real(resolve(workingDirectory(pid), named)) === wanted;
  });
};

/** The value of `--name value` or `--name=value` in a command line. */
export const argument = (args: readonly string[], name: string): string | undefined => {
  const at = args.indexOf(name);
  return at >= 0 ? args[at + 1] : args.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);
};

const linuxProcesses = (): DatabaseUser[] =>
  readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const args = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').slice(0, -1);
      return args.includes('start-dev') ? [{ pid: Number(name), args }] : [];
    } catch {
      return [];
    }
  });

const unixProcesses = (): DatabaseUser[] => {
  try {
    const output = execFileSync('ps', ['-axww', '-o', 'pid=,command='], { encoding: 'utf8', timeout: 5_000 });
    return output.split('\n').flatMap((line) => {
      const match = /^\s*(\d+)\s+(.*\bserver start-dev\b.*)$/.exec(line);
      return match ? [{ pid: Number(match[1]), args: splitCommand(match[2] ?? '') }] : [];
    });
  } catch {
    return [];
  }
};

/** `ps` joins arguments with blanks: an argument runs to the next ` --`, so that paths with blanks hold together. */
const splitCommand = (command: string): string[] =>
  command.split(/\s+(?=--)/).flatMap((part) => {
    const [first = '', ...rest] = part.split(' ');
    return first.startsWith('--') ? [first, ...(rest.length > 0 ? [rest.join(' ')] : [])] : part.split(' ');
  });

const workingDirectory = (pid: number): string => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return process.cwd();
  }
};

const real = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
};
