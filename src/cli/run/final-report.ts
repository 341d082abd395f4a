/** What is said when a run has ended: how, how long, which tasks, what went wrong and where to look. HOST, pure. */
import { inspect } from 'node:util';
import { PerdureError, RunError } from '../../core/errors.js';
import type { RunView, TaskView } from '../../core/run-view/run-view.js';
import { State, isFailure } from '../../core/state.js';
import { codeLine, errorLines, userErrorLines } from '../error-report.js';
import { displayWidth, oneLine, padded, printable, shorten } from '../printable.js';
import type { Style } from '../terminal.js';
import { separatorOf } from './draw-run.js';
import { colorOf, countWords, elapsed, labelsOf, markOf } from './view-words.js';

export interface RunEnd {
  view: RunView;
  state: State;
  /** The flow's value, when it completed. */
  value?: unknown;
  /** What the run threw, when it did not. */
  error?: unknown;
  /** Says the value too, in one line: when stdout is not on the same screen. */
  withValue: boolean;
  /** Temporal's UI for this run, and whether its server goes on. */
  ui?: { url: string; stays: boolean };
}

const maxRows = 30;
const maxLabel = 40;

const row = (task: TaskView, label: string, style: Style): string[] => [
  label,
  task.kind === 'map' ? `${task.state} ${countWords(task, separatorOf(style))}` : task.state,
  elapsed(task, new Date()),
  String(task.attempt),
];

/** Task, state, time, attempts. What went well is left out first when there are many. */
const table = (view: RunView, style: Style): string[] => {
  const labels = labelsOf(view);
  const failed = view.tasks.filter(({ state }) => state !== State.Completed);
  const shown = view.tasks.length <= maxRows ? view.tasks : failed.slice(0, maxRows);
  if (view.tasks.length === 0) return [];
  const head = ['task', 'state', 'time', 'attempts'];
  const rows = shown.map((task) => row(task, shorten(labels.get(task.id) ?? task.name, maxLabel), style));
  const columns = head.map((title, i) => Math.max(...[head, ...rows].map((cells) => displayWidth(cells[i] ?? title))));
  const line = (cells: readonly string[]): string => cells.map((cell, i) => padded(cell, columns[i] ?? 0)).join('  ');
  const drawn = rows.map((cells, i) => {
    const state = shown[i]?.state ?? State.Completed;
    const [label = '', words = '', ...rest] = cells.map((cell, at) => padded(cell, columns[at] ?? 0));
    const columnsLeft = style.width - 3;
    const isNarrow = displayWidth(line(cells)) > columnsLeft;
    return isNarrow
      ? ` ${markOf(state, style)} ${shorten(line(cells).trimEnd(), columnsLeft)}`
      : ` ${markOf(state, style)} ${[label, colorOf(state, style.colors)(words), ...rest].join('  ').trimEnd()}`;
  });
  const more = view.tasks.length - shown.length;
  return [
    style.colors.dim(shorten(`   ${line(head)}`, style.width)),
    ...drawn,
    ...(more > 0 ? [style.colors.dim(`   and ${more} more`)] : []),
  ];
};

/** From the run's error down to the task that failed first. */
const chainOf = (error: unknown): PerdureError[] => {
  const chain: PerdureError[] = [];
  for (let one = error; one instanceof PerdureError && chain.length < 10; one = one.cause) chain.push(one);
  return chain;
};

/** The last one: a task may be called what its error says. */
const withoutLast = (text: string, part: string): string => {
  const at = part === '' ? -1 : text.lastIndexOf(part);
  return at < 0 ? text : text.slice(0, at) + text.slice(at + part.length);
};

/** What an error says for itself, without what it repeats of its cause; with the task, where it does not name it. */
const ownWords = (error: PerdureError): string => {
  const { message, cause } = error;
  const list = message.indexOf(': [');
  const repeated = cause instanceof Error && cause.message !== '' && cause.message !== message ? cause.message : '';
  const words =
    error.code === 'MAP_FAILED' && list > 0
      ? message.slice(0, list)
      : withoutLast(message, repeated).replace(/[:\s]+$/, '');
  if (!(error instanceof RunError)) return words;
  const { taskName, mapIndex, attempt } = error;
  const where = mapIndex === undefined ? '' : ` (map index ${mapIndex})`;
  const task = taskName === undefined || words.includes(taskName) ? '' : `The task '${taskName}'${where}: `;
  return `${task}${words}${attempt !== undefined && attempt > 1 ? ` (attempt ${attempt})` : ''}`;
};

/** The run's own error, then what it comes from, down to the first task that failed and the user's error in it. */
const failureLines = (error: unknown, style: Style): string[] => {
  const chain = chainOf(error);
  const root = chain.at(-1);
  if (root === undefined) return errorLines(error, style);
  const cause = root.cause instanceof Error && root.cause.message === root.message ? undefined : root.cause;
  const told = chain.flatMap((one, depth) => {
    const [first = '', ...rest] = printable(ownWords(one)).split('\n');
    const mark = depth === 0 ? style.colors.red(style.unicode ? '✖' : 'x') : '  because:';
    const code = one === root ? '' : ` ${style.colors.dim(`[${one.code}]`)}`;
    return [`${mark} ${first}${code}`, ...rest.map((line) => `  ${line}`)];
  });
  return [
    ...told,
    ...(cause === undefined ? [] : userErrorLines(cause, style).map((line) => `    ${line}`)),
    `  ${codeLine(root, style)}`,
  ];
};

const maxOthers = 10;

/** The other tasks that failed, a line each; those that only did not run because of them are in the table. */
const otherFailures = ({ view, error }: RunEnd, style: Style): string[] => {
  const told = new Set(chainOf(error).map(({ details }) => String(details['taskRunId']).replace(/\[\d+\]$/, '')));
  const labels = labelsOf(view);
  const others = view.tasks.filter(
    ({ id, state, error: message }) =>
      !told.has(id) && message && isFailure(state) && state !== State.TriggerFailed && state !== State.Cancelled,
  );
  const lines = others
    .slice(0, maxOthers)
    .map((task) => shorten(`  ${labels.get(task.id) ?? task.name}: ${oneLine(task.error ?? '')}`, style.width - 1));
  if (others.length > maxOthers) lines.push(style.colors.dim(`  and ${others.length - maxOthers} more`));
  return lines.length === 0 ? [] : ['other task runs that failed:', ...lines];
};

const valueLine = (value: unknown, style: Style): string[] => {
  if (value === undefined) return [];
  const preview = inspect(value, {
    compact: true,
    breakLength: Infinity,
    depth: 3,
    maxArrayLength: 20,
    maxStringLength: 200,
  });
  return [shorten(`result: ${oneLine(preview)}`, style.width - 1)];
};

export const finalReport = (end: RunEnd, style: Style): string[] => {
  const { view, state, ui } = end;
  const { colors } = style;
  const words = `${oneLine(view.flowName)} ${state}`;
  const time = elapsed(view, new Date());
  const failure =
    state === State.Completed
      ? []
      : state === State.Cancelled
        ? []
        : ['', ...failureLines(end.error, style), ...otherFailures(end, style)];
  return [
    '',
    ...table(view, style),
    '',
    `${markOf(state, style)} ${colors.bold(colorOf(state, colors)(words))}${time === '' ? '' : ` in ${time}`}`,
    ...failure,
    ...(end.withValue ? valueLine(end.value, style) : []),
    ...(ui === undefined
      ? []
      : [
          colors.dim(`Temporal UI: ${ui.url}`),
          ...(ui.stays ? [] : [colors.dim('  (it ends with this server; `perdure dev` keeps it up)')]),
        ]),
  ];
};
