// What comes of the flows of `notes.ts`.
import type { Case } from './case.js';
import { contractSecret } from './secret-value.js';

const lines = (taskRunId: string, n: number, attempt = 1): Record<string, unknown>[] => [
  { level: 'debug', message: 'begins', taskRunId, attempt },
  { level: 'warn', message: `item ${n}`, taskRunId, attempt, taskName: 'logs' },
];
const logs: Case[] = [
  {
    name: 'of bodies, each attempt',
    flow: 'logs of tasks',
    value: [1, -1],
    logs: [...lines('logs-0', 1), ...lines('logs-1', -1), ...lines('logs-1', -1, 2)],
  },
  {
    name: 'with fields',
    flow: 'logs of items',
    params: { batch: false },
    value: [10, 11, 12],
    logs: [0, 1, 2].flatMap((mapIndex) => [
      { message: 'begins', mapIndex },
      { message: `item ${10 + mapIndex}`, fields: { attempt: 1, mapIndex, what: { deep: [10 + mapIndex] } } },
    ]),
  },
  {
    name: 'of items of batches',
    flow: 'logs of items',
    params: { batch: 2 },
    value: [10, 11, 12],
    logs: [0, 1, 2].flatMap((mapIndex) => lines(`logs-0[${mapIndex}]`, 10 + mapIndex)),
  },
  {
    name: 'of flow code, each once',
    flow: 'logs of a flow',
    params: { n: 3 },
    value: 3,
    logs: [
      { level: 'info', message: 'begun', fields: { parameters: { n: 3 } } },
      { level: 'error', message: 'goes on' },
    ],
  },
  {
    name: 'of what is printed',
    flow: 'logs of prints',
    value: [1, 2],
    logs: [0, 1].flatMap((mapIndex) => [
      { message: `printed ${mapIndex + 1}`, isPrint: true, mapIndex },
      { message: 'logged', mapIndex },
    ]),
  },
  {
    name: 'a child run has its own',
    flow: 'logs of a parent',
    value: undefined,
    logs: [{ message: 'of the parent' }],
  },
];
const left = (taskRunId: string, n: number): Record<string, unknown>[] => [
  { kind: 'progress', key: 'done', share: n / 4, taskRunId, attempt: 2 },
  { kind: 'table', key: 'rows', rows: [{ n, attempt: 2 }], description: 'what was seen', taskRunId },
  { kind: 'link', key: 'source', url: `https://example.com/${n}`, taskRunId },
];
const artifacts: Case[] = [
  { name: 'the last of each key counts', flow: 'artifacts of a task', value: 1, artifacts: left('leaves-0', 1) },
  ...([false, 2] as const).map((batch): Case => ({
    name: `of items, batch ${batch}`,
    flow: 'artifacts of items',
    params: { batch },
    value: [1, 2],
    artifacts: [...left('leaves-0[0]', 1), ...left('leaves-0[1]', 2)],
  })),
  { name: 'in flow code', flow: 'artifact in a flow', error: { code: 'CALLED_INSIDE_FLOW' }, artifacts: [] },
  {
    name: 'a key that is none',
    flow: 'artifact refused',
    value: `AuthoringError: Expected an artifact's key to be small letters and digits with single dashes between, at most 100 characters, got "No Key".`,
    artifacts: [],
  },
];
const names: Case[] = [
  {
    name: 'of task runs',
    flow: 'names',
    value: [
      'row 7 of seven, {2}',
      'number 8',
      'of the call',
      undefined,
      ['number 1', 'number 2'],
      ['number 1', 'number 2'],
    ],
  },
];
const { length } = contractSecret;
const secrets: Case[] = [
  {
    name: 'passed to a body, and read in one',
    flow: 'secret passed',
    value: [length, length, length],
    logs: [{ message: 'token ***', fields: { own: '***' } }],
  },
  {
    name: 'in an error',
    flow: 'secret thrown',
    error: { code: 'TASK_FAILED', cause: { name: 'RangeError', message: 'refused ***', cause: { message: 'because of ***' } } }, // prettier-ignore
  },
  ...[false, true].map((cached): Case => ({
    name: `in a result${cached ? ' of a task with a cache' : ''}`,
    flow: 'secret told',
    params: { cached },
    error: { code: 'TASK_FAILED', details: { attempt: 1 }, cause: { name: 'AuthoringError' } },
  })),
  ...([false, 2] as const).map((batch): Case => ({
    name: `in a result of an item, batch ${batch}`,
    flow: 'secret in items',
    params: { batch },
    value: ['Completed', 'Failed', 'Completed'],
  })),
  { name: 'as an argument that the cache goes by', flow: 'secret in the cache', value: [length, length, 'Cached'] },
  { name: 'in flow code', flow: 'secret in a flow', error: { code: 'SECRET_IN_FLOW' } },
  {
    name: 'that nobody has',
    flow: 'secret missing',
    value:
      "ConfigError: There is no secret 'NOT_IN_THE_CONTRACT': set the environment variable NOT_IN_THE_CONTRACT where the worker runs, or have the secrets' provider give it.",
  },
];
const each = (make: (batch: number | false) => Case): Case[] =>
  ([false, 2] as const).map((batch) => {
    const one = make(batch);
    return { ...one, name: `${one.name}, batch ${batch}`, params: { ...(one.params as object), batch } };
  });
const combined: Case[] = [
  ...each(() => ({
    name: 'failures of items to the next items',
    flow: 'allowed, then mapped',
    params: { items: ['ok', 'fail', 'skip'] },
    value: [['ok'], ['Failed: RangeError'], []],
  })),
  ...each(() => ({ name: 'one failure to every item', flow: 'allowed, whole', value: [1, 2].map((n) => [n, 'Failed: RangeError']) })), // prettier-ignore
  ...each(() => ({
    name: 'failures among lists that are flattened',
    flow: 'allowed, flattened',
    params: { items: ['ok', 'fail', 'ok'] },
    value: [['ok'], ['ok'], ['Failed: RangeError'], ['ok'], ['ok']],
  })),
  {
    name: 'a skip that is allowed does not skip, another one does',
    flow: 'a skip allowed, with others',
    value: [['none', 1], undefined, 'Completed', 'Skipped'],
  },
  {
    name: 'what is allowed fails no rule',
    flow: 'allowed, and a rule',
    params: { rule: 'any successful' },
    value: [['Failed: RangeError', 1], 'Completed'],
  },
  {
    name: 'what is allowed meets no rule',
    flow: 'allowed, and a rule',
    params: { rule: 'any failed' },
    error: { code: 'TASK_FAILED' },
    tasks: { 'show-0': 'TriggerFailed' },
  },
  {
    name: 'what is allowed and not taken is not dealt with',
    flow: 'allowed, but not taken',
    error: { code: 'TASK_FAILED' },
    tasks: { 'use-0': 'Skipped' },
  },
  ...each(() => ({
    name: 'skips are no failures to bear',
    flow: 'tolerated, with skips',
    params: { items: ['ok', 'fail', 'skip', 'skip'] },
    value: [['ok', undefined, undefined, undefined], 'Completed'],
  })),
  ...each(() => ({
    name: 'a reduce of skips, skipped and not',
    flow: 'reduce of skips',
    params: { items: ['ok', 'skip'] },
    value: [undefined, [['ok', undefined]], 'Skipped', 'Completed'],
  })),
  { name: 'in a child run', flow: 'skip in a child', value: [['none'], 'Completed'] },
  { name: 'down a chain', flow: 'skip down a chain', value: [undefined, 'Skipped'] },
];

export const noteCases: Record<string, Case[]> = {
  logs,
  artifacts,
  names,
  secrets,
  'skips and failures as values': combined,
};
