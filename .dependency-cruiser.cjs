/**
 * Who may import whom (ARCHITECTURE.md, folder map). A room may reach itself and what is named here; a higher room is
 * never named by a lower one. Sandbox code reaches no host code by any chain, in our files or in packages.
 */

/** Room → the rooms below it that it may import. A room that is not here may be imported by nobody but itself. */
const layers = {
  core: [],
  authoring: ['core'],
  workflows: ['core', 'authoring'],
  project: ['core'],
  secrets: ['core'],
  results: ['core', 'project'],
  activities: ['core', 'authoring', 'project', 'results'],
  compiler: ['core', 'project'],
  'dev-server': ['core', 'project'],
  worker: ['core', 'authoring', 'project', 'secrets', 'results', 'activities', 'compiler', 'dev-server'],
  client: ['core', 'authoring', 'project', 'results'],
  inline: ['core', 'authoring', 'results', 'activities', 'worker', 'client'],
  executors: [
    ...[
      'core',
      'authoring',
      'project',
      'secrets',
      'results',
      'activities',
      'compiler',
      'dev-server',
      'worker',
      'client',
      'inline',
    ],
  ],
