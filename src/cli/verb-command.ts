/**
 * What all verbs share of commander: help that teaches, errors as UsageErrors, options that several verbs have. HOST.
 */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../core/errors.js';
import type { ExternalServerOverrides } from '../dev-server/index.js';
import { capitalised } from './printable.js';

export interface VerbHelp {
  name: string;
  /** `FILE [options]` */
  usage: string;
  /** What it does, in whole sentences. */
  about: string;
  /** Command lines, each with what it is for. */
  examples: readonly (readonly [line: string, purpose: string])[];
  /** Exit statuses, each with its meaning. */
  exits: readonly (readonly [status: string, meaning: string])[];
}

const rows = (pairs: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...pairs.map(([left]) => left.length));
  return pairs.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
};

export const verbCommand = ({ name, usage, about, examples, exits }: VerbHelp): Command =>
  new Command(`perdure ${name}`)
    .usage(usage)
    // The help wraps it to the terminal's width.
    .description(about.replaceAll('\n', ' '))
    .helpOption('-h, --help', 'show this help')
    .showSuggestionAfterError(true)
    .configureHelp({ showGlobalOptions: false })
    .addHelpText('after', `\nExamples:\n${rows(examples)}\n\nExit status:\n${rows(exits)}`)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });

/** Parses and runs; help that was asked for is no error. @throws UsageError BAD_USAGE */
export const runCommand = async (command: Command, args: readonly string[]): Promise<void> => {
  try {
    await command.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return;
    const words = error.message.replace(/^error: /, '').replace(/\n?\(Did you mean (.+)\?\)/, '. Did you mean $1?');
    const sentence = capitalised(words);
    throw new UsageError('BAD_USAGE', `${sentence}${/[.?]$/.test(sentence) ? '' : '.'} See ${command.name()} --help`, {
      details: { command: command.name() },
    });
  }
};

const wholeNumber = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 10_000)
    throw new InvalidArgumentError('Expected a whole number from 1 to 10000.');
  return value;
};

export const numberFrom0 = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('Expected a whole number from 0.');
  return value;
};

const someText = (text: string): string => {
  if (text.trim() === '') throw new InvalidArgumentError('Expected a text.');
  return text;
};

export const collect = (value: string, previous: string[] = []): string[] => [...previous, value];

export const collectTags = (value: string, previous?: string[]): string[] => collect(someText(value), previous);

export interface ExecutorFlags {
  processes?: number;
  threads?: number;
  inProcess?: boolean;
  concurrency?: number;
  store?: string;
  secrets?: string;
}

export const withExecutorOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--processes <n>', 'child processes that run task bodies (default: one a core)')
        .argParser(wholeNumber)
        .conflicts(['threads', 'inProcess']),
    )
    .addOption(
      new Option('--threads <n>', 'worker threads in place of processes').argParser(wholeNumber).conflicts('inProcess'),
    )
    .option(
      '--in-process',
      "run task bodies in this very process, for a debugger: nothing can be killed, and what's shared is shared",
    )
    .option('--concurrency <n>', 'task runs under way at once (default: 200)', wholeNumber)
    .option(
      '--store <url>',
      'where results lie, a folder as file:///… or s3://bucket/prefix (default: PERDURE_STORE, else .perdure/results)',
    )
    .option(
      '--secrets <file>',
      'a module whose default export gives secrets by name (default: PERDURE_SECRETS, else the environment)',
    );

export interface ServerFlags {
  address?: string;
  namespace?: string;
  tls?: boolean;
  apiKey?: string;
  profile?: string;
  taskQueue?: string;
}

export const withServerOptions = (command: Command, queueHelp: string): Command =>
  withConnectionOptions(command).option('--task-queue <name>', queueHelp, someText);

export const withConnectionOptions = (command: Command): Command =>
  command
    .option(
      '--address <host:port>',
      'Temporal server (default: TEMPORAL_ADDRESS, temporal.toml, else the embedded one)',
    )
    .option(
      '--namespace <name>',
      "Temporal namespace (default: TEMPORAL_NAMESPACE, temporal.toml, else 'default')",
      someText,
    )
    .option('--tls', 'connect with TLS; certificates come from TEMPORAL_TLS_… or temporal.toml')
    .option('--api-key <key>', 'better in TEMPORAL_API_KEY, where other users of the machine do not see it')
    .option('--profile <name>', "profile of temporal.toml (default: TEMPORAL_PROFILE, else 'default')");

export const serverOverrides = ({
  address,
  namespace,
  tls,
  apiKey,
  profile,
}: ServerFlags): ExternalServerOverrides => ({
  address,
  namespace,
  tls,
  apiKey,
  profile,
});
