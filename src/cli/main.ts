#!/usr/bin/env node
/**
 * The command `perdure`. HOST. Loads what the verb needs and nothing else, prints whatever ends it in the words of
 * the error report, and exits with the verb's status.
 */
import { readFileSync } from 'node:fs';
import { exitFlushed, giveResult, hasGivenResult, lostOutput, say, tolerateClosedPipes } from './standard-streams.js';

const version = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;

const print = (text: string): number => {
  process.stdout.write(text);
  return 0;
};

const main = async ([name, ...args]: readonly string[]): Promise<number> => {
  if (name === '--version' || name === '-V' || name === '-v') return print(`${version()}\n`);
  const { findVerb, overview } = await import('./verbs.js');
  if (name === undefined) {
    process.stderr.write(overview(version()));
    return 2;
  }
  if (name === '--help' || name === '-h') return print(overview(version()));
  if (name === 'help') return args[0] === undefined ? print(overview(version())) : main([args[0], '--help']);
  const verb = await findVerb(name).load();
  return verb(args);
};

const report = async (thrown: unknown): Promise<number> => {
  const [{ errorLines }, { errorLine }, { explained }, { terminalOf }, { PerdureError, UsageError }] =
    await Promise.all([
      import('./error-report.js'),
      import('./error-json.js'),
      import('./explain-error.js'),
      import('./terminal.js'),
      import('../core/errors.js'),
    ]);
  const error = explained(thrown);
  for (const line of errorLines(error, terminalOf(process.stderr).style())) say(line);
  // Programs that asked for JSON get it, however early it ended.
  if (process.argv.includes('--json') && !hasGivenResult()) giveResult(`${errorLine(error)}\n`);
  const isUsage = error instanceof UsageError || (error instanceof PerdureError && error.code === 'BAD_PARAMS');
  return isUsage ? 2 : 1;
};

tolerateClosedPipes();
// A mistake of Perdure's, or of a library: said in full, and never taken for success.
process.on('uncaughtException', (error) => void report(error).then(exitFlushed));
process.on('unhandledRejection', (error) => void report(error).then(exitFlushed));
// What a command waits for may hold nothing open (an idle connection, a timer that only looks): Node would end it half-way.
setInterval(() => undefined, 2 ** 30);
const status = await main(process.argv.slice(2)).catch(report);
const lost = await lostOutput();
await exitFlushed(lost === undefined ? status : await report(lost));
