/** Says which runs start and end on a server, a line each. HOST. Asks its list now and then; needs no worker. */
import type { Client } from '@temporalio/client';
import { formatDuration } from '../../core/duration.js';
import { State } from '../../core/state.js';
import { lookEvery } from '../look-every.js';
import { markOf } from '../run/view-words.js';
import { oneLine } from '../printable.js';
import type { Style } from '../terminal.js';

const askEveryMs = 1_000;
const rows = 50;

const states: Readonly<Record<string, State>> = {
  COMPLETED: State.Completed,
  FAILED: State.Failed,
  CANCELLED: State.Cancelled,
  TERMINATED: State.Crashed,
  TIMED_OUT: State.TimedOut,
};

export interface LoggedRun {
  workflowId: string;
  runId: string;
  type: string;
  status: { name: string };
  startTime: Date;
  closeTime?: Date | undefined;
  parentExecution?: { workflowId?: string | null | undefined } | undefined;
}

export class RunLog {
  private readonly open = new Set<string>();
  private readonly over = new Set<string>();

  constructor(private readonly since: Date) {}

  /** The lines that these runs give rise to; children of flows have none. */
  lines(runs: readonly LoggedRun[], style: Pick<Style, 'unicode' | 'colors'>): string[] {
    return runs.flatMap((run) => {
      const key = `${run.workflowId}/${run.runId}`;
      const state = states[run.status.name];
      if (run.parentExecution?.workflowId || this.over.has(key)) return [];
      const name = `${oneLine(run.type)} ${style.colors.dim(oneLine(run.workflowId))}`;
      if (state === undefined) {
        if (this.open.has(key)) return [];
        this.open.add(key);
        return [`${markOf(State.Running, style)} ${name} ${run.startTime < this.since ? 'goes on' : 'started'}`];
      }
      this.over.add(key);
      const isNew = this.open.delete(key) || run.startTime >= this.since;
      if (!isNew) return [];
      const time = run.closeTime ? ` in ${formatDuration(run.closeTime.getTime() - run.startTime.getTime())}` : '';
      return [`${markOf(state, style)} ${name} ${state}${time}`];
    });
  }
}

/** Says the lines until the function it gives is called. */
export const followRunLog = (
  client: Client,
  { style, write }: { style: () => Style; write: (line: string) => void },
): (() => void) => {
  const log = new RunLog(new Date());
  const ask = async (): Promise<void> => {
    const found: LoggedRun[] = [];
    for await (const run of client.workflow.list({ pageSize: rows })) {
      found.push(run);
      if (found.length === rows) break;
    }
    for (const line of log.lines(found.reverse(), style())) write(line);
  };
  return lookEvery(askEveryMs, ask);
};
