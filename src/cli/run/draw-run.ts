/** Draws a run as the lines of a terminal: a line a task, a bar for a map, fitted to width and height. HOST, pure. */
import type { RunView, TaskView } from '../../core/run-view/run-view.js';
import { State, isFinal } from '../../core/state.js';
import { invocation, shellQuoted } from '../invocation.js';
import { capitalised, displayWidth, oneLine, padded, shorten } from '../printable.js';
import type { Style } from '../terminal.js';
import { parkedWords } from './parked-words.js';
import { colorOf, countWords, countsOf, elapsed, labelsOf, markOf, pausedWords, waitWords } from './view-words.js';

export interface Moment {
  now: Date;
  /** Counts drawings: turns the spinner. */
  tick: number;
}

const spinner = { unicode: '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏', ascii: '|/-\\' };

const markNow = (state: State, style: Style, { tick }: Moment): string => {
  if (state !== State.Running) return markOf(state, style);
  const frames = [...(style.unicode ? spinner.unicode : spinner.ascii)];
  return style.colors.cyan(frames[tick % frames.length] ?? '');
};

export const separatorOf = ({ unicode }: Pick<Style, 'unicode'>): string => (unicode ? '·' : '-');

/** `████░░`: green what succeeded, red what failed. */
export const bar = (task: TaskView, cells: number, { unicode, colors }: Style): string => {
  const { width, succeeded, failed, cancelled } = countsOf(task);
  const share = (count: number): number => (width === 0 ? 0 : (count / width) * cells);
  // One failure of a million is seen.
  const bad = Math.min(cells, failed + cancelled > 0 ? Math.max(1, Math.round(share(failed + cancelled))) : 0);
  const good = Math.min(cells - bad, Math.floor(share(succeeded)));
  const [full, empty] = unicode ? ['█', '░'] : ['#', '.'];
  return colors.green(full.repeat(good)) + colors.red(full.repeat(bad)) + colors.dim(empty.repeat(cells - good - bad));
};

/** What is said after the label: uncoloured, so that it can be cut. */
const remark = (task: TaskView, style: Style): string => {
  const separator = ` ${separatorOf(style)} `;
  const words: string[] = [];
  if (task.kind === 'map') words.push(countWords(task, separatorOf(style)));
  else if (task.state !== State.Completed) words.push(task.state);
  if (task.attempt > 1 && task.kind !== 'map') words.push(`attempt ${task.attempt}`);
  if (task.error && task.state !== State.Completed) words.push(oneLine(task.error));
  return words.join(separator);
};

const maxLabel = 40;

interface Place {
  label: string;
  labelColumns: number;
  style: Style;
  moment: Moment;
}

const drawTask = (task: TaskView, { label, labelColumns, style, moment }: Place): string => {
  const { colors, width } = style;
  const time = elapsed(task, moment.now);
  const cells = task.kind === 'map' && width >= 50 ? Math.min(20, Math.max(6, Math.floor(width / 5))) : 0;
  const head = ` ${markNow(task.state, style, moment)} ${padded(shorten(label, labelColumns), labelColumns)}`;
  const headColumns = 3 + labelColumns;
  const free = width - 1 - headColumns - (cells > 0 ? cells + 2 : 0) - (time === '' ? 0 : displayWidth(time) + 2) - 2;
  const said = shorten(remark(task, style), Math.max(0, free));
  const tint = task.kind === 'map' && !task.error ? (text: string) => text : colorOf(task.state, colors);
  return (
    head +
    (cells > 0 ? `  ${bar(task, cells, style)}` : '') +
    (said === '' ? '' : `  ${tint(said)}`) +
    (time === '' || free < 0 ? '' : `  ${colors.dim(time)}`)
  );
};

/** What is left out first when there are more tasks than lines: what is over and well, then what has not begun. */
const dispensable = (task: TaskView): number =>
  task.state === State.Completed ? 0 : task.state === State.Pending ? 1 : isFinal(task.state) ? 2 : 3;

const fitting = (tasks: readonly TaskView[], lines: number): { shown: readonly TaskView[]; left: TaskView[] } => {
  if (tasks.length <= lines) return { shown: tasks, left: [] };
  const order = tasks.map((task, index) => ({ task, index }));
  order.sort((a, b) => dispensable(b.task) - dispensable(a.task) || b.index - a.index);
  const kept = new Set(order.slice(0, Math.max(0, lines - 1)).map(({ task }) => task));
  return { shown: tasks.filter((task) => kept.has(task)), left: tasks.filter((task) => !kept.has(task)) };
};

const leftOutLine = (left: readonly TaskView[], style: Style): string => {
  const counts = new Map<State, number>();
  for (const { state } of left) counts.set(state, (counts.get(state) ?? 0) + 1);
  const words = [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
  return style.colors.dim(shorten(`   and ${left.length} more: ${words}`, style.width - 1));
};

/** The first line: flow and id. */
export const headLine = (view: Pick<RunView, 'flowName' | 'runId'>, style: Style): string => {
  const flow = shorten(oneLine(view.flowName), Math.max(10, style.width - 1));
  const rest = style.width - 1 - displayWidth(flow) - 3;
  const id = shorten(oneLine(view.runId), Math.max(0, rest));
  return style.colors.bold(flow) + (id === '' || rest < 8 ? '' : style.colors.dim(` ${separatorOf(style)} ${id}`));
};

/** The lines about a run that stands still. */
export const parkedLines = (view: RunView, style: Style): string[] => {
  if (view.parked === undefined) return [];
  const { colors, width } = style;
  const { why, mend } = parkedWords(view.parked);
  return [
    colors.yellow(shorten(`   stands still: ${oneLine(view.parked)}`, width - 1)),
    colors.dim(shorten(`   ${why}.`, width - 1)),
    colors.dim(shorten(`   ${capitalised(mend)}, and it goes on.`, width - 1)),
  ];
};

/** The lines about what somebody has to do for the run to go on: whole, so that they can be copied. */
const askingLines = (view: RunView, { colors }: Style): string[] => {
  const waits = view.tasks.map((task) => waitWords(view.runId, task)).filter((words) => words !== '');
  const paused = view.state === State.Paused ? [pausedWords(view.runId)] : [];
  const more =
    waits.length > mostAsking
      ? [`and ${waits.length - mostAsking} more: ${invocation()} approve ${shellQuoted(oneLine(view.runId))}`]
      : [];
  return [...paused, ...waits.slice(0, mostAsking), ...more].map((words) => colors.yellow(`   ${words}`));
};
const mostAsking = 3;

export const drawRun = (view: RunView, moment: Moment, style: Style): string[] => {
  const parked = [...parkedLines(view, style), ...askingLines(view, style)];
  const { shown, left } = fitting(view.tasks, Math.max(3, style.rows - 3 - parked.length));
  const labels = labelsOf(view);
  const label = (task: TaskView): string => labels.get(task.id) ?? oneLine(task.name);
  const widest = Math.max(0, ...shown.map((task) => displayWidth(label(task))));
  const labelColumns = Math.min(widest, maxLabel, Math.max(8, Math.floor(style.width / 2)));
  return [
    headLine(view, style),
    ...shown.map((task) => drawTask(task, { label: label(task), labelColumns, style, moment })),
    ...(left.length > 0 ? [leftOutLine(left, style)] : []),
    ...parked,
  ];
};
