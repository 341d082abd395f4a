/**
 * What a child answers when it is asked for what only the user's functions know. Host, inside a child.
 */
import { recordError } from '../../activities/error-record.js';
import type { AttemptRequest } from '../../activities/task-host.js';
import { findFlow, findTask } from '../../authoring/definition.js';
import { RunError } from '../../core/errors.js';
import { undeclaredParams } from '../../core/params.js';
import { givenArgs } from './arguments.js';
import { guardKeys } from './guard-keys.js';
import { judge } from './judge.js';
import type { Answer, Question } from './messages.js';
import { recordFailure } from './record-failure.js';
import type { TaskStore } from './task-store.js';
import { unknownTask } from './unknown-task.js';

/** Never rejects. */
export const answerTo = async (
  question: Question,
  openStore: () => Promise<TaskStore> | undefined,
): Promise<Answer> => {
  if (question.ask === 'keys') return keys(question.attempt, openStore);
  if (question.ask === 'params') return checkParams(question.flowName, question.input);
  const { attempt, timeout } = question;
  const error = new RunError('TASK_TIMED_OUT', timeout, { details: { taskName: attempt.taskName } });
  return { verdict: await judge({ error, ...attempt }, findTask(attempt.taskName)?.options) };
};

const keys = async (attempt: AttemptRequest, openStore: () => Promise<TaskStore> | undefined): Promise<Answer> => {
  try {
    const definition = findTask(attempt.taskName);
    if (definition === undefined) throw unknownTask(attempt.taskName);
    const store = attempt.sentArgs === undefined ? undefined : await openStore();
    return { keys: await guardKeys({ definition, args: givenArgs(attempt), run: attempt.run, store }) };
  } catch (error) {
    return { problem: recordFailure(error) };
  }
};

const checkParams = (flowName: string, input: unknown): Answer => {
  const schema = findFlow(flowName)?.options.params;
  try {
    return { undeclared: undeclaredParams(schema, input, schema?.parse(input)) };
  } catch (error) {
    const issues = (error as { issues?: { path?: PropertyKey[]; message?: string }[] }).issues;
    return {
      problem: recordError(error),
      ...(Array.isArray(issues)
        ? { issues: issues.map(({ path = [], message }) => `${path.map(String).join('.') || 'params'}: ${message}`) }
        : {}),
    };
  }
};
