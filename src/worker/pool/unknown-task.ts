/** The error of a child that is asked for a task it does not have. Host, inside a child. */
import { declaredTasks } from '../../authoring/definition.js';
import { RunError } from '../../core/errors.js';

export const unknownTask = (name: string): RunError =>
  new RunError(
    'TASK_NOT_FOUND',
    `There is no task '${name}' here; known: ${declaredTasks()
      .map((task) => task.name)
      .join(', ')}`,
    { details: { taskName: name } },
  );
