/** What follows the end of a map: its children can be undone, its hooks run. Pure. */
import { State } from '../../core/state.js';
import { runTaskHooks } from './hooks.js';
import type { MapRun } from './map-run.js';
import type { Invoked } from './task-run.js';

export const afterMap = (map: MapRun, { definition, offset }: Invoked): void => {
  if (definition.kind !== 'task') return;
  if (definition.options.undo) noteUndoable(map);
  // Not for a part of it: the map itself has them run.
  if (definition.hooks !== undefined && offset === undefined) runTaskHooks(map, definition.hooks);
};

const noteUndoable = (map: MapRun): void => {
  const completed = (map.children ?? []).filter(({ state }) => state === State.Completed);
  if (completed.length === 0) return;
  const whole = { id: `${map.id}:undo`, name: `undo ${map.name}`, up: [map.id] };
  map.flowRun.completed(map, { map: whole, invocations: completed.map((child) => child.undoing()) });
};
