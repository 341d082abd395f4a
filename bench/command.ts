/**
 * `perdure run` of the seed's pipeline from shell to shell, beside a complete hand-written SDK program with a prebuilt
 * bundle, with `perdure dev` up and with no server; and cold, without a cached bundle.
 * node --import tsx bench/command.ts [rounds]
 */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { buildSync } from 'esbuild';
import { openDevServer } from '../dist/dev-server/index.js';
import { findProject } from '../dist/project/index.js';
import { interleaved, median, spread } from './statistics.js';

const rounds = Number(process.argv[2] ?? 10);
const checkout = resolve(import.meta.dirname, '..');
const root = mkdtempSync(join(tmpdir(), 'perdure-bench-'));
mkdirSync(join(root, 'node_modules'));
symlinkSync(checkout, join(root, 'node_modules/perdure'), 'junction');
symlinkSync(join(checkout, 'node_modules/@temporalio'), join(root, 'node_modules/@temporalio'), 'junction');
writeFileSync(join(root, 'package.json'), '{"name":"bench","type":"module"}');
cpSync(join(import.meta.dirname, 'seed.ts'), join(root, 'seed.ts'));
cpSync(join(import.meta.dirname, 'raw/program.mjs'), join(root, 'program.mjs'));
buildSync({
  entryPoints: [join(import.meta.dirname, 'raw/activities.ts')],
  outfile: join(root, 'activities.js'),
  format: 'esm',
});
const { code } = await bundleWorkflowCode({
  workflowsPath: join(import.meta.dirname, 'raw/workflows.ts'),
  logger: new DefaultLogger('ERROR'),
});
writeFileSync(join(root, 'raw-bundle.js'), code);

const command =
  (...args: string[]) =>
  async (): Promise<void> => {
    const { status, stderr } = spawnSync(process.execPath, args, {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, TEMPORAL_ADDRESS: '' },
    });
    if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  };
const cli = join(checkout, 'dist/cli/main.js');
const perdure = command(cli, 'run', 'seed.ts', '--json');
const line = (title: string, raw: number[], ours: number[]): void =>
  console.log(`| ${title} | ${spread(raw)} | ${spread(ours)} | **${(median(ours) / median(raw)).toFixed(2)}** |`);

console.log(`Node ${process.version}, ${rounds} interleaved rounds, medians (min–max)`);
console.log('| from shell to shell | raw program, server up | perdure run | ratio |\n|---|---|---|---|');

{
  // The raw program's server is another project's, so that `perdure run` finds none of its own.
  mkdirSync(join(root, 'other'));
  writeFileSync(join(root, 'other/package.json'), '{"name":"other"}');
  const server = await openDevServer({ project: findProject(join(root, 'other')) });
  const raw = command('program.mjs', server.address, 'raw-bundle.js');
  const cold = async (): Promise<void> => {
    rmSync(join(root, '.perdure'), { recursive: true, force: true });
    await perdure();
  };
  const first = await interleaved({ raw, cold }, Math.min(rounds, 5));
  line('no server, nothing cached (new project)', first.raw, first.cold);
  const warm = await interleaved({ raw, perdure }, rounds);
  line('no server, warm cache', warm.raw, warm.perdure);
  await server.close();
}
{
  const dev = spawn(process.execPath, [cli, 'dev', 'seed.ts'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  await new Promise<void>((done, fail) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      if (/queue/i.test(output) && /Parallel Data Pipeline/.test(output)) done();
    };
    dev.stdout.on('data', read);
    dev.stderr.on('data', read);
    dev.on('exit', () => fail(new Error(output)));
  });
  const address = /127\.0\.0\.1:\d+/.exec(output)?.[0] ?? '127.0.0.1:7233';
  const times = await interleaved({ raw: command('program.mjs', address, 'raw-bundle.js'), perdure }, rounds);
  line('`perdure dev` up', times.raw, times.perdure);
  dev.kill('SIGINT');
  await new Promise((done) => dev.on('exit', done));
}
rmSync(root, { recursive: true, force: true });
process.exit(0);
