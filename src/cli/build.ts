/** `perdure build`: compiles flows ahead of time. HOST. */
import { resolve } from 'node:path';
import { runCommand, verbCommand } from './verb-command.js';
import type { Verb } from './verbs.js';

interface BuildFlags {
  out?: string;
  json?: boolean;
}

const help = {
  name: 'build',
  usage: 'FILE… [options]',
  about:
    "Compiles the flows of the FILEs into one bundle for Temporal's sandbox, as `perdure worker --bundle` takes it: the code\n" +
    'at --out and what it was made of at --out plus .json. Without --out it compiles into the cache: a check, and a warm start.',
  examples: [
    ['perdure build flows.ts --out dist/flows.js', 'for a production worker'],
    ['perdure build flows.ts', 'only tells whether it compiles'],
    ['perdure build flows.ts --json | jq .hash', 'for programs'],
  ],
  exits: [
    ['0', 'it compiled'],
    ['1', 'it did not: the error says file, line and what to do'],
    ['2', 'the command or a file is wrong'],
  ],
} as const;

const buildFiles = async (given: readonly string[], flags: BuildFlags): Promise<void> => {
  const [{ sourceFile, fromHere }, { say }, { bundleFlows }, { findProject, ensureStateDir }, pools, bundles] =
    await Promise.all([
      import('./source-file.js'),
      import('./standard-streams.js'),
      import('../compiler/index.js'),
      import('../project/index.js'),
      import('../worker/pool/task-pool.js'),
      import('./build/bundle-file.js'),
    ]);
  const files = [...new Set(given.map(sourceFile))];
  const project = findProject(files[0] ?? process.cwd());
  ensureStateDir(project);
  // Also loaded as a worker would: what compiles may still fail there.
  const pool = pools.createTaskPool({ sources: files, isolation: 'processes', size: 1 });
  try {
    const options = { projectRoot: project.root, cacheDir: project.cacheDir, onProgress: say };
    const [bundle, { flows }] = await Promise.all([bundleFlows(files, options), pool.ready]);
    const names = flows.map(({ name }) => name);
    const path = flags.out === undefined ? bundle.path : resolve(flags.out);
    if (flags.out !== undefined) bundles.writeBundleFile(path, bundle, names);
    for (const warning of bundle.warnings) say(`warning: ${warning}`);
    const bytes = Buffer.byteLength(bundle.code);
    const facts = {
      path,
      bytes,
      hash: bundle.hash,
      flows: names,
      fromCache: bundle.fromCache,
      warnings: bundle.warnings,
    };
    const text = [
      `path   ${fromHere(path)}`,
      `size   ${Math.ceil(bytes / 1024)} KiB`,
      `hash   ${bundle.hash}`,
      `flows  ${names.join(', ') || 'none'}`,
    ].join('\n');
    process.stdout.write(`${flags.json ? JSON.stringify(facts) : text}\n`);
  } finally {
    await pool.kill();
  }
};

export const build: Verb = async (args) => {
  const command = verbCommand(help)
    .argument('<files...>', 'files that declare flows')
    .option('--out <file>', 'where to write the bundle')
    .option('--json', 'print one JSON object { path, bytes, hash, flows, fromCache, warnings }')
    .action(buildFiles);
  await runCommand(command, args);
  return 0;
};
