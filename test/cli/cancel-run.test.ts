import { cancelWhenInterrupted } from '../../src/cli/run/cancel-run.js';
import type { RunContext } from '../../src/cli/run/run-file.js';
import type { ClientRunHandle } from '../../src/client.js';
import { RunError } from '../../src/core/errors.js';
import { eventually } from './command.js';

const asked = (answers: (Error | undefined)[]): { calls: number } => {
  const seen = { calls: 0 };
  const cancel = async (): Promise<void> => {
    const answer = answers[seen.calls++];
    if (answer !== undefined) throw answer;
  };
  const interrupts = { signal: AbortSignal.abort(), endAtOnce: () => Promise.resolve() };
  const context = { interrupts, file: 'flow.ts', workersQueue: undefined } as unknown as RunContext;
  cancelWhenInterrupted(context, { runId: 'r', cancel } as unknown as ClientRunHandle<unknown>);
  return seen;
};

test('a cancel that the server refuses, as on a full disk, is asked again until it is taken', async () => {
  const seen = asked([new Error('Failed to cancel workflow'), undefined, undefined]);
  await eventually(() => seen.calls === 2, 'it was asked again');
});

test('of a run that is gone it is not asked again', async () => {
  const [gone, refused] = [asked([new RunError('RUN_NOT_FOUND', 'There is no run')]), asked([new Error('refused')])];
  await eventually(() => refused.calls === 2, 'the other was asked again');
  expect(gone.calls).toBe(1);
});
