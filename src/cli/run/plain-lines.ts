/**
 * A run as plain lines, where lines cannot be redrawn: one for each change of a task, and of a map now and then. HOST,
 * pure: it is given the views and the time.
 */
import type { RunView, TaskView } from '../../core/run-view/run-view.js';
import { State, isFinal } from '../../core/state.js';
import { oneLine } from '../printable.js';
import { parkedWords } from './parked-words.js';
import { countWords, elapsed, labelsOf, pausedWords, waitWords } from './view-words.js';

/** A map says how far it is, at most so often. */
const mapEveryMs = 2_000;

interface Said {
  words: string;
  at: number;
}

export class PlainLines {
  private readonly said = new Map<string, Said>();
  private parked: string | undefined;
  private isPaused = false;

  /** What is new in `view` since the last one. */
  lines(view: RunView, now: Date): string[] {
    const labels = labelsOf(view);
    const lines = view.tasks.flatMap((task) => {
      const label = labels.get(task.id) ?? oneLine(task.name);
      return (task.kind === 'map' ? this.mapLine(task, label, now) : this.taskLine(task, { label, now, view })) ?? [];
    });
    const isPaused = view.state === State.Paused;
    if (isPaused !== this.isPaused && !isFinal(view.state)) {
      const runId = oneLine(view.runId);
      lines.push(`${runId} ${isPaused ? pausedWords(runId) : 'goes on'}`);
    }
    this.isPaused = isPaused;
    if (view.parked !== this.parked) {
      this.parked = view.parked;
      const { why, mend } = parkedWords(view.parked);
      if (view.parked !== undefined)
        lines.push(`${oneLine(view.runId)} stands still: ${oneLine(view.parked)}. ${why}: ${mend}, and it goes on.`);
    }
    return lines;
  }

  private taskLine(
    task: TaskView,
    { label, now, view }: { label: string; now: Date; view: RunView },
  ): string | undefined {
    if (task.state === State.Pending) return undefined;
    const attempt = task.attempt > 1 ? `, attempt ${task.attempt}` : '';
    const error = task.error && task.state !== State.Completed ? `: ${oneLine(task.error)}` : '';
    const key = `${task.state}${attempt}${error}`;
    if (this.said.get(task.id)?.words === key) return undefined;
    this.said.set(task.id, { words: key, at: now.getTime() });
    const time = isFinal(task.state) ? elapsed(task, now) : '';
    const waits = waitWords(view.runId, task);
    return `${label}: ${task.state}${attempt}${time === '' ? '' : ` (${time})`}${error}${waits === '' ? '' : `, ${waits}`}`;
  }

  private mapLine(task: TaskView, label: string, now: Date): string | undefined {
    const last = this.said.get(task.id);
    if (task.state === State.Pending && last === undefined) return undefined;
    const words = `${task.state} ${countWords(task, '·')}`;
    if (last?.words === words) return undefined;
    if (!isFinal(task.state) && last !== undefined && now.getTime() - last.at < mapEveryMs) return undefined;
    this.said.set(task.id, { words, at: now.getTime() });
    const error = task.error ? `: ${oneLine(task.error)}` : '';
    return `${label}: ${words}${isFinal(task.state) ? ` (${elapsed(task, now)})` : ''}${error}`;
  }
}
