/**
 * What a child answers when it is asked for what only the user's functions know. Host, inside a child.
 */
import { recordError } from '../../activities/error-record.js';
import { findFlow, findTask } from '../../authoring/definition.js';
import { RunError } from '../../core/errors.js';
import { judge } from './judge.js';
import type { Answer, Question } from './messages.js';

/** Never rejects. */
export const answerTo = async (question: Question): Promise<Answer> => {
  if (question.ask === 'params') return checkParams(question.flowName, question.input);
  const { attempt, timeout } = question;
  const error = new RunError('TASK_TIMED_OUT', timeout, { details: { taskName: attempt.taskName } });
  return { verdict: await judge({ error, ...attempt }, findTask(attempt.taskName)?.options) };
};

const checkParams = (flowName: string, input: unknown): Answer => {
  const schema = findFlow(flowName)?.options.params;
  try {
    schema?.parse(input);
    return { fine: true };
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
