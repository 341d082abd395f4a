/** Runs cases of the contract (see `contracts/flow-semantics/case.ts`) on Temporal: one server, bundle and worker for all. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeText, encodeText, type TextFormat } from '../../src/core/text-codec.js';
import type { Case, Outcome } from '../contracts/flow-semantics/case.js';
import { checkout, createFlowProject } from './flow-project.js';

export interface ServerCases {
  /** Folder with the flows; its content becomes a user's project. */
  folder: string;
  /** The files in it that declare flows. */
  files: readonly string[];
  groups: Record<string, readonly Case[]>;
  env?: NodeJS.ProcessEnv;
}

const observer = join(import.meta.dirname, '../contracts/flow-semantics/observe.ts');
const program = (files: readonly string[]): string => `
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { local } from 'perdure';
import { startRun } from '${checkout}/dist/client.js';
import { decodeText, encodeText } from '${checkout}/dist/core/text-codec.js';
import { openLocalSession } from '${checkout}/dist/executors/index.js';
import { observe } from './observe.js';

const groups = decodeText(readFileSync('groups.json', 'utf8'), 'devalue')[0];
const files = ${JSON.stringify(files)}.map((file) => join(import.meta.dirname, file));
const session = await openLocalSession({ files, executor: local({ processes: 2 }) });
const [taskQueue, { flows }] = [await session.taskQueue(), await session.manifest()];
const cases = Object.entries(groups).flatMap(([group, all]) => all.map((one) => ({ key: group + ': ' + one.name, one })));
const outcomes = {};
const next = cases.values();
const worker = async () => {
  for (const { key, one } of next) {
    let outcome;
    try {
      const flow = flows.find(({ name }) => name === one.flow);
      const startable = { name: flow.name, ...flow.start, idTemplate: undefined };
      const run = await startRun(session.client, startable, { params: one.params, tags: one.tags, taskQueue });
      const late = setTimeout(() => process.stderr.write('still waits for: ' + key + '\\n'), 20_000);
      outcome = await observe(run, one);
      clearTimeout(late);
    } catch (error) {
      outcome = { state: 'not started', error: String(error.stack), tasks: {} };
    }
    outcomes[key] = encodeText(outcome);
  }
};
await Promise.all(Array.from({ length: 24 }, worker));
writeFileSync('outcomes.json', JSON.stringify(outcomes));
await session.close();
`;

/** Gives what came of a case, by group and name. @throws when it did not run */
export const runOnServer = async ({ folder, files, groups, env }: ServerCases) => {
  const project = createFlowProject(
    {
      'program.ts': program(files),
      'observe.ts': readFileSync(observer, 'utf8'),
      'groups.json': encodeText([groups, undefined]).text,
    },
    [folder],
  );
  try {
    const { stderr, status } = await project.runScript('program.ts', env);
    if (status !== 0) throw new Error(`the cases did not run: ${stderr}`);
    const outcomes = JSON.parse(project.read('outcomes.json')) as Record<string, { text: string; format: TextFormat }>;
    return (group: string, { name }: Case): Outcome => {
      const encoded = outcomes[`${group}: ${name}`];
      if (encoded === undefined) throw new Error('the case did not run');
      return decodeText(encoded.text, encoded.format) as Outcome;
    };
  } finally {
    project.remove();
  }
};
