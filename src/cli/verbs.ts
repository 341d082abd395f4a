/** The verbs of the command line, and which module has each: only the one that is asked for is loaded. HOST. */
import { UsageError } from '../core/errors.js';
import { didYouMean } from '../core/did-you-mean.js';
import { oneLine, shorten } from './printable.js';

/** A verb: runs with its arguments and gives the exit status. */
export type Verb = (args: readonly string[]) => Promise<number>;

interface VerbEntry {
  summary: string;
  load: () => Promise<Verb>;
}

export const verbs: Readonly<Record<string, VerbEntry>> = {
  run: { summary: 'run a flow of a file, and watch it', load: async () => (await import('./run.js')).run },
  approve: {
    summary: 'answer what a run asks, or list what it asks',
    load: async () => (await import('./approve.js')).approve,
  },
  signal: { summary: 'send a signal to a run', load: async () => (await import('./signal.js')).signal },
  pause: {
    summary: 'let no new task of a run start',
    load: async () => (await import('./pause.js')).pause,
  },
  resume: { summary: 'let a paused run go on', load: async () => (await import('./pause.js')).resume },
  dev: {
    summary: 'keep a Temporal server, its UI and a reloading worker up',
    load: async () => (await import('./dev.js')).dev,
  },
  worker: {
    summary: 'host flows and tasks for any Temporal server',
    load: async () => (await import('./worker.js')).worker,
  },
  build: { summary: 'compile flows ahead of time', load: async () => (await import('./build.js')).build },
  logs: { summary: 'read the log of a run', load: async () => (await import('./logs.js')).logs },
  artifacts: {
    summary: 'look at what the tasks of a run left',
    load: async () => (await import('./artifacts.js')).artifacts,
  },
  doctor: {
    summary: 'look for what is wrong, and how to mend it',
    load: async () => (await import('./doctor.js')).doctor,
  },
};

export const overview = (version: string): string => {
  const width = Math.max(...Object.keys(verbs).map((name) => name.length));
  const lines = Object.entries(verbs).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    `perdure ${version}: tasks and flows in TypeScript, durable on Temporal`,
    '',
    'Usage: perdure VERB [options]',
    '',
    ...lines,
    '',
    '  perdure VERB --help tells all of a verb; perdure --version says which this is.',
    '',
    'Examples:',
    '  perdure run pipeline.ts                   run its flow, with a server started for it if none is up',
    '  perdure run pipeline.ts --param n=3       with a parameter',
    '  perdure run pipeline.ts --resume          go on with what a killed run left unfinished',
    '  perdure dev pipeline.ts                   server, UI and worker, until Ctrl-C',
    '',
    'Exit status: 0 all went well, 1 it did not, 2 the command was not understood.',
    '',
  ].join('\n');
};

/** @throws UsageError BAD_USAGE */
export const findVerb = (name: string): VerbEntry => {
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (verb !== undefined) return verb;
  const known = Object.keys(verbs);
  const looksLikeFile = /\.[cm]?[jt]sx?$/.test(name);
  const shown = shorten(oneLine(name), 60);
  const hint = looksLikeFile ? ` To run a file: perdure run ${shown}` : didYouMean(name, known);
  const what = name.startsWith('-') ? `There is no option '${shown}' before the verb.` : `There is no verb '${shown}'.`;
  throw new UsageError('BAD_USAGE', `${what}${hint} The verbs are: ${known.join(', ')}. See perdure --help`, {
    details: { verb: name },
  });
};
