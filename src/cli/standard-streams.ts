/**
 * stdout and stderr of the commands: what they print is whole before the process ends, a reader that has gone away is
 * no crash, and stdout holds results only. HOST.
 */
import { pathTrouble } from '../core/path-trouble.js';

type Write = typeof process.stdout.write;

let lost: unknown;

/**
 * A reader such as `head` may leave early: that is its right, and the run goes on. So it does where the words on stderr
 * cannot be kept; a result that cannot is told at the end.
 */
export const tolerateClosedPipes = (): void => {
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO')
      lost ??= pathTrouble(error, 'What was to be printed is lost', 'stdout');
  });
};

const writtenOut = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    if (stream.destroyed || !stream.writable) return resolve();
    stream.once('error', () => resolve());
    stream.write('', () => resolve());
  });

/** How long a reader that does not read may hold up the end. */
const flushMs = 2_000;

/** Ends the process with both streams written out: handles that libraries left open do not matter any more. */
export const exitFlushed = async (code: number): Promise<never> => {
  await writtenInTime(process.stderr, process.stdout);
  process.exit(code);
};

const writtenInTime = (...streams: NodeJS.WriteStream[]): Promise<unknown> =>
  Promise.race([Promise.all(streams.map(writtenOut)), new Promise((resolve) => setTimeout(resolve, flushMs).unref())]);

/** Why what was printed on stdout is not there, such as a full disk; asked when all has been printed. */
export const lostOutput = async (): Promise<unknown> => {
  await writtenInTime(process.stdout);
  // A stream tells of an error of its last write a moment later.
  await new Promise((resolve) => setImmediate(resolve));
  return lost;
};

const stdout = process.stdout.write.bind(process.stdout);
let isGiven = false;

/** A result, on the real stdout. */
export const giveResult = (text: string): void => {
  isGiven = true;
  stdout(text);
};

export const hasGivenResult = (): boolean => isGiven;

/** From here on whatever else is written to stdout, by a library or a body run in place, goes to stderr. */
export const keepStdoutForResults = (): void => {
  process.stdout.write = ((...args: Parameters<Write>) => process.stderr.write(...args)) as Write;
};

/** Writes one line to stderr. */
export const say = (line: string): void => void process.stderr.write(`${line}\n`);
