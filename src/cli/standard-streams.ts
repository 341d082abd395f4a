/**
 * stdout and stderr of the commands: what they print is whole before the process ends, a reader that has gone away is
 * no crash, and stdout holds results only. HOST.
 */
type Write = typeof process.stdout.write;

/** A reader such as `head` may leave early: that is its right, and the run goes on. */
export const tolerateClosedPipes = (): void => {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
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
  const written = Promise.all([writtenOut(process.stdout), writtenOut(process.stderr)]);
  await Promise.race([written, new Promise((resolve) => setTimeout(resolve, flushMs).unref())]);
  process.exit(code);
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
