/** The checks that `task` and `flow` share: a usable name, and a function for a body. Pure. */
import { AuthoringError } from '../core/errors.js';

/** Names go into task-run ids and Temporal type names, which end at 1,000 bytes. */
const longestName = 200;

export const checkName = (kind: 'task' | 'flow', name: unknown): string => {
  const received = typeof name === 'string' ? JSON.stringify(name) : `${String(name)} (${typeof name})`;
  const isFit = typeof name === 'string' && name.trim() !== '' && name.length <= longestName && !hasControl(name);
  if (!isFit)
    throw new AuthoringError(
      'BAD_NAME',
      `Expected a ${kind}'s name to be a text of 1 to ${longestName} characters without control characters, got ${received}.`,
      { details: { kind, received } },
    );
  return name;
};

const hasControl = (text: string): boolean => [...text].some((char) => char < ' ' || char === '\u007f');

export const checkBody = (kind: 'task' | 'flow', name: string, body: unknown): void => {
  if (typeof body !== 'function')
    throw new AuthoringError(
      'BAD_BODY',
      `Expected the body of the ${kind} '${name}' to be a function, got \`${String(body)}\` (${typeof body}).`,
      { details: { kind, name, received: typeof body } },
    );
};
