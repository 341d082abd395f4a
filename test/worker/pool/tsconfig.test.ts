/**
 * Children read TypeScript as the tsconfig.json above each file says, wherever the command was given: in a monorepo the
 * working directory's is another one, or none.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { attempt, closePools, startPool } from './start-pool.js';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'perdure-tsconfig-')));
afterEach(closePools);
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A package whose files find each other by `paths`. */
const writePackage = (name: string, more: string): string => {
  const perdure = new URL('../../../dist/index.js', import.meta.url).href;
  const files = {
    'package.json': '{ "type": "module" }',
    'tsconfig.json': '{ "compilerOptions": { "experimentalDecorators": true, "paths": { "@lib/*": ["./lib/*"] } } }',
    'lib/factor.ts': `export const factor: number = 3;`,
    'tasks.ts': `import { task } from '${perdure}';
import { factor } from '@lib/factor';
${more}
task('${name}', (n: number) => [n * factor, process.env.TSX_TSCONFIG_PATH]);`,
  };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name, file)), { recursive: true });
    writeFileSync(join(root, name, file), text);
  }
  return join(root, name, 'tasks.ts');
};

test('paths and legacy decorators are those of the tsconfig.json above the file', async () => {
  const twice = `(_: object, __: string, d: PropertyDescriptor) => { const { value } = d; d.value = (n: number) => 2 * value(n); }`;
  const work = `const twice = ${twice};
class Work { @twice times(n: number) { return n * factor; } }
task('work', (n: number) => new Work().times(n));`;
  const pool = startPool({ sources: [writePackage('one', work)] });
  expect(await attempt(pool, 'one', [1])).toEqual([3, undefined]);
  expect(await attempt(pool, 'work', [1])).toBe(6);
});
