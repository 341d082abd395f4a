/** A RunView in words: the label, the mark, the counts and the time of each task. HOST, pure. */
import type { RunView, TaskView } from '../../core/run-view/run-view.js';
import { State, isFinal } from '../../core/state.js';
import { formatDuration } from '../../core/duration.js';
import { invocation, shellQuoted } from '../invocation.js';
import { oneLine } from '../printable.js';
import type { Colors, Style } from '../terminal.js';

/** What a waiting run waits for, with the command that ends the wait; nothing where nobody has to do anything. */
export const waitWords = (runId: string, { id, name, waits }: TaskView): string => {
  const quoted = (text: string): string => shellQuoted(oneLine(text));
  if (waits?.for === 'approval')
    return `waits for an answer: ${invocation()} approve ${quoted(runId)} ${quoted(name)} --value JSON`;
  if (waits?.for === 'manual') return `waits for the word: ${invocation()} approve ${quoted(runId)} ${quoted(id)}`;
  if (waits?.for === 'signal')
    return `waits for a signal: ${invocation()} signal ${quoted(runId)} ${quoted(name)} --value JSON`;
  return '';
};

/** What somebody has to do for a run that is under way to go on. */
export const askedLines = (view: RunView): string[] => {
  const { runId } = view;
  const labels = labelsOf(view);
  const waits = view.tasks.flatMap((task) => {
    const words = waitWords(runId, task);
    return words === '' ? [] : [`${labels.get(task.id)} ${words}`];
  });
  return [...(view.state === State.Paused ? [`${oneLine(runId)} ${pausedWords(runId)}`] : []), ...waits];
};

export const pausedWords = (runId: string): string =>
  `is paused: ${invocation()} resume ${shellQuoted(oneLine(runId))}`;

/** What a task is called: the call's own name, else the task's; its id where two would be called the same. */
export const labelsOf = (view: RunView): Map<string, string> => {
  const uses = new Map<string, number>();
  for (const { title, name } of view.tasks) uses.set(title ?? name, (uses.get(title ?? name) ?? 0) + 1);
  return new Map(
    view.tasks.map((task) => {
      const label = task.title ?? task.name;
      return [task.id, oneLine((uses.get(label) ?? 0) > 1 && task.kind !== 'flow' ? task.id : label)];
    }),
  );
};

const marks: Readonly<Record<State, readonly [unicode: string, ascii: string]>> = {
  Pending: ['○', '.'],
  Running: ['●', '>'],
  Retrying: ['↻', '~'],
  Paused: ['‖', '"'],
  Completed: ['✔', '+'],
  Cached: ['✔', '+'],
  Skipped: ['–', '-'],
  Failed: ['✖', 'x'],
  TimedOut: ['✖', 'x'],
  Crashed: ['✖', 'x'],
  TriggerFailed: ['⊘', '/'],
  Cancelled: ['■', '#'],
};

export const colorOf = (state: State, colors: Colors): ((text: string) => string) => {
  if (state === State.Completed || state === State.Cached) return colors.green;
  if (state === State.Failed || state === State.TimedOut || state === State.Crashed) return colors.red;
  if (state === State.Running) return colors.cyan;
  if (state === State.Retrying || state === State.Cancelled || state === State.Paused) return colors.yellow;
  return colors.dim;
};

export const markOf = (state: State, { unicode, colors }: Pick<Style, 'unicode' | 'colors'>): string =>
  colorOf(state, colors)(marks[state][unicode ? 0 : 1]);

interface Timed {
  state: State;
  startedAt?: Date;
  scheduledAt?: Date;
  endedAt?: Date;
}

/** The time from start to end, or to `now`; nothing for what has not begun. */
export const elapsed = (of: Timed, now: Date): string => {
  const from = of.startedAt ?? of.scheduledAt;
  if (from === undefined) return '';
  // Of a map, `endedAt` is the end of the last child so far.
  const to = (isFinal(of.state) ? of.endedAt : undefined) ?? now;
  // The clocks of server and terminal may differ.
  return formatDuration(Math.max(0, to.getTime() - from.getTime()));
};

export interface MapCounts {
  width: number;
  succeeded: number;
  failed: number;
  cancelled: number;
  running: number;
  retrying: number;
}

export const countsOf = ({ width = 0, counts = {} }: TaskView): MapCounts => {
  const sum = (...states: State[]): number => states.reduce((total, state) => total + (counts[state] ?? 0), 0);
  return {
    width: Math.max(width, sum(...Object.values(State))),
    succeeded: sum(State.Completed, State.Cached, State.Skipped),
    failed: sum(State.Failed, State.TimedOut, State.Crashed, State.TriggerFailed),
    cancelled: sum(State.Cancelled),
    running: sum(State.Running),
    retrying: sum(State.Retrying),
  };
};

/** `412/1000 · 3 retrying · 1 failed`: what has ended, and what deserves a word. */
export const countWords = (task: TaskView, separator: string): string => {
  const { width, succeeded, failed, cancelled, retrying } = countsOf(task);
  const words = [`${succeeded + failed + cancelled}/${width}`];
  if (retrying > 0) words.push(`${retrying} retrying`);
  if (failed > 0) words.push(`${failed} failed`);
  if (cancelled > 0) words.push(`${cancelled} cancelled`);
  return words.join(` ${separator} `);
};
