/**
 * The options that are for the host alone, by name. Pure. The compiler removes them, with what only they use, from what
 * enters the sandbox; so the sandbox may not read them. Every other option stays with what it references.
 */
export const hostOptionNames = {
  task: ['retryIf', 'retryDelay', 'cache', 'limits', 'source'],
  flow: ['source'],
} as const;

/** Options of a task of which the sandbox is told only that they are there: their values are the host's. */
export const markedOptionNames: readonly string[] = ['undo'];
