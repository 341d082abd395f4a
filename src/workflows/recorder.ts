/**
 * Writes what leaves no event of its own into the history: one memo update under one key, made in the microtask after
 * the first note, so that notes of one moment share it. SANDBOX. The memo's last value does not matter; the events do.
 */
import { inWorkflowContext, upsertMemo } from '@temporalio/workflow';
import { type RunDelta, deltaMemoKey, pausedMemoKey } from '../core/protocol.js';

/** Notes beyond this in one update are dropped from view, never from the run: a memo has to stay small. */
const mostNotes = 500;

export class Recorder {
  private notes: RunDelta[] = [];

  readonly record = (delta: RunDelta): void => {
    const last = this.notes.at(-1);
    if (delta.kind === 'children' && last?.kind === 'children' && last.id === delta.id && last.state === delta.state) {
      last.count += delta.count;
      return;
    }
    if (this.notes.length >= mostNotes) return;
    this.notes.push({ ...delta });
    if (this.notes.length === 1) void Promise.resolve().then(this.flush);
  };

  private readonly flush = (): void => {
    // The SDK lets go of a run that it drops from its cache before this microtask runs; the history has no use for it then.
    if (!inWorkflowContext()) return;
    const paused = this.notes.findLast(({ kind }) => kind === 'run');
    upsertMemo({
      [deltaMemoKey]: this.notes,
      ...(paused?.kind === 'run' && { [pausedMemoKey]: paused.state === 'Paused' }),
    });
    this.notes = [];
  };
}
