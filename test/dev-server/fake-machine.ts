/** A machine of the test's own for the search of a binary: PATH, cache and settings in a temporary directory. */
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FakeMachine {
  root: string;
  /** An executable that answers `--version` as the CLI does. */
  cli(directory: string, version: string, server?: string): string;
}

const variables = ['PATH', 'PERDURE_CACHE_DIR', 'PERDURE_TEMPORAL_CLI', 'HOME', 'XDG_CONFIG_HOME'];

/** Call at the top of a test file; the machine is new for each test. */
export const useFakeMachine = (): FakeMachine => {
  const machine: FakeMachine = {
    root: '',
    cli: (directory, version, server = '1.32.0') => {
      const path = join(machine.root, directory, 'temporal');
      mkdirSync(join(machine.root, directory), { recursive: true });
      writeFileSync(
        path,
        `#!/bin/sh\necho run >> "${path}.runs"\necho "temporal version ${version} (Server ${server}, UI 2.0.0)"\n`,
      );
      chmodSync(path, 0o755);
      return path;
    },
  };
  let before: NodeJS.ProcessEnv;
  beforeEach(() => {
    before = { ...process.env };
    machine.root = realpathSync(mkdtempSync(join(tmpdir(), 'perdure-test-')));
    for (const name of Object.keys(process.env)) if (name.startsWith('TEMPORAL_')) delete process.env[name];
    delete process.env['PERDURE_TEMPORAL_CLI'];
    process.env['PERDURE_CACHE_DIR'] = join(machine.root, 'cache');
    process.env['PATH'] = [join(machine.root, 'bin1'), join(machine.root, 'bin2')].join(':');
    process.env['HOME'] = machine.root;
    process.env['XDG_CONFIG_HOME'] = join(machine.root, 'config');
  });
  afterEach(() => {
    for (const name of [...Object.keys(process.env), ...variables])
      if (before[name] === undefined) delete process.env[name];
    Object.assign(process.env, before);
    rmSync(machine.root, { recursive: true, force: true });
  });
  return machine;
};
