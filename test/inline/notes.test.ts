/** Logs, artifacts, names, tags and secrets of runs in memory are those of any other run. */
import { artifact, currentRun, flow, inline, logger, secret, task } from '../../src/index.js';

const clean = task('clean', { retries: 1, tags: ['loud'], runName: 'clean-{0}' }, (n: number) => {
  const { attempt, name, tags, idempotencyKey } = currentRun();
  logger.info('cleaning', { attempt, name, tags, idempotencyKey });
  artifact.progress('done', { done: n, total: 4 });
  if (attempt === 1) throw new RangeError('once');
  return n;
});
const use = task('use', (token: string) => {
  logger.warn(`token ${token}`);
  return token.length;
});
const noted = flow('noted', ({ n }: { n?: number }) => {
  const { parameters, attempt, scheduledStartAt } = currentRun();
  logger.info('begun', { parameters, attempt, isDate: scheduledStartAt instanceof Date });
  return [clean(n ?? 1), use(secret('INLINE_SECRET'))];
});

test('lines of bodies and flow code, the last artifact, and no secret', async () => {
  process.env['INLINE_SECRET'] = 'inline-secret-value';
  const handle = await noted.start({ n: 2 }, { executor: inline(), id: 'n1', tags: ['nightly'] });
  expect(await handle.result()).toEqual([2, 'inline-secret-value'.length]);
  const { tags, tasks } = await handle.tasks();
  expect({ tags, tasks: tasks.map((task) => task.tags) }).toEqual({
    tags: ['nightly'],
    tasks: [['nightly', 'loud'], ['nightly']],
  });
  const lines = [];
  for await (const { level, message, fields, taskRunId } of handle.logs({ follow: true }))
    lines.push({ level, message, fields, taskRunId });
  expect(lines).toEqual(
    expect.arrayContaining([
      { level: 'info', message: 'begun', fields: { parameters: { n: 2 }, attempt: 1, isDate: true } },
      ...[1, 2].map((attempt) => ({
        level: 'info',
        message: 'cleaning',
        fields: { attempt, name: 'clean-2', tags: ['nightly', 'loud'], idempotencyKey: 'n1/clean-0' },
        taskRunId: 'clean-0',
      })),
      { level: 'warn', message: 'token ***', taskRunId: 'use-0' },
    ]),
  );
  expect(lines).toHaveLength(4);
  expect(await handle.artifacts()).toMatchObject([{ key: 'done', kind: 'progress', share: 0.5, attempt: 2 }]);
});
