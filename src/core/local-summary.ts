/**
 * What people and the run's view read of a local task: its marker in the history has no place for the task run's id but
 * its summary. Pure. Wire format: `id`, or `id: title` where the task run has a name of its own.
 */

export const localSummary = (id: string, title: string | undefined): string =>
  title === undefined || title === id ? id : `${id}: ${title}`;

export interface LocalTask {
  id: string;
  title?: string;
  mapIndex?: number;
}

/** What the summary of a run of the task `name` says; `undefined` where none was written. */
export const localTaskIn = (summary: unknown, name: string): LocalTask | undefined => {
  if (typeof summary !== 'string' || !summary.startsWith(`${name}-`)) return undefined;
  const [, number, index, title] = /^(\d+)(?:\[(\d+)\])?(?:: (.*))?$/s.exec(summary.slice(name.length + 1)) ?? [];
  if (number === undefined) return undefined;
  const id = `${name}-${number}${index === undefined ? '' : `[${index}]`}`;
  return {
    id,
    ...(title === undefined ? {} : { title }),
    ...(index === undefined ? {} : { mapIndex: Number(index) }),
  };
};
