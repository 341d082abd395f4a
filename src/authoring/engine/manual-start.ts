/** The trigger rule `manualOnly`: the run waits, Paused, until somebody gives the word for it by its id. Pure. */
import { State } from '../../core/state.js';
import type { Run } from './run.js';

export const whenApproved = (run: Run, go: () => void): void => {
  const { flowRun, id, name, upstreamIds: up } = run;
  run.state = State.Paused;
  flowRun.port.record({ kind: 'waiting', id, name, up, what: 'manual' });
  const asking = {
    id,
    // By its id alone: an approval may have the name of a task.
    name: id,
    check: () => undefined,
    receive: () => {
      run.state = State.Pending;
      flowRun.port.record({ kind: 'waited', id, name, up, state: State.Pending });
      go();
    },
  };
  flowRun.inbox.ask(asking);
  run.whenEnded(() => flowRun.inbox.forget(asking));
};
