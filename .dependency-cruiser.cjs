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
};

const sandbox = '^src/(core|authoring|workflows)/';
/** Packages that work in Temporal's sandbox. */
const sandboxPackages = '^node_modules/(@temporalio/(workflow|common)|devalue)/';

/** A room is its folder and the door that stands beside it. */
const room = (name) => `^src/${name}(/|\\.ts$)`;

const layerRules = Object.entries(layers).map(([name, below]) => ({
  name: `layer-${name}`,
  comment: `${name} imports only ${['itself', ...below].join(', ')}`,
  severity: 'error',
  from: { path: room(name) },
  to: { path: '^src/', pathNot: [name, ...below].map(room) },
}));

/** Rooms with a door are entered by it. */
const doors = '^src/(index|client|worker)\\.ts$|^src/[a-z-]+/index\\.ts$';

// An import() may name one file, where the door loads more than is needed to start; a type loads nothing.
const lazyOrType = ['dynamic-import', 'type-only'];

module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: 'sandbox-reaches-host',
      comment: 'core, authoring and workflows reach only each other and packages that work in the sandbox',
      severity: 'error',
      from: { path: sandbox },
      to: { reachable: true, pathNot: [sandbox, sandboxPackages] },
    },
    {
      name: 'core-is-alone',
      comment: 'core imports nothing, packages and Node included; but for the codec, which is devalue’s',
      severity: 'error',
      from: { path: room('core'), pathNot: '^src/core/text-codec\\.ts$' },
      to: { pathNot: room('core') },
    },
    {
      name: 'cli-by-doors',
      comment: 'cli uses the rooms by their doors; core is everybody’s vocabulary',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: '^src/', pathNot: ['^src/cli/', '^src/core/', doors], dependencyTypesNot: lazyOrType },
    },
    {
      name: 'testing-by-doors',
      comment: 'testing uses the rooms by their doors; core is everybody’s vocabulary',
      severity: 'error',
      from: { path: '^src/testing/' },
      to: { path: '^src/', pathNot: ['^src/testing/', '^src/core/', doors], dependencyTypesNot: lazyOrType },
    },
    {
      name: 'executors-by-doors',
      comment: 'executors join the worker and the client by their doors; see lazyOrType',
      severity: 'error',
      from: { path: room('executors') },
      to: { path: '^src/(worker|client)/', dependencyTypesNot: lazyOrType },
    },
    {
      name: 'no-cycle',
      comment: 'types may refer to each other; modules that run may not',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'unresolved',
      comment: 'an import that leads nowhere',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'not-a-dependency',
      comment: 'what src imports is in "dependencies"; a package for development is not there for users',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    // A copy of the sources may link to the packages of another place.
    preserveSymlinks: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
