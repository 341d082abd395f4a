/**
 * The options that are for the host alone, by name. Pure. The compiler removes them, with what only they use, from what
 * enters the sandbox; so the sandbox may not read them. Every other option stays with what it references.
 */
export const hostOptionNames = {
  task: ['retryIf', 'retryDelay', 'undo', 'cache', 'source'],
  flow: ['source'],
} as const;
