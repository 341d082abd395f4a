/** What waits for somebody in a run, read from its view. Pure. */
import type { RunView } from '../core/run-view/run-view.js';
import type { Approval } from './launcher.js';

export const approvalsIn = ({ tasks }: RunView): Approval[] =>
  tasks.flatMap(({ id, name, startedAt, waits }) => {
    if (waits === undefined || (waits.for !== 'approval' && waits.for !== 'manual')) return [];
    const { for: kind, ...rest } = waits;
    return [{ name: kind === 'manual' ? id : name, id, kind, since: startedAt ?? new Date(0), ...rest }];
  });
