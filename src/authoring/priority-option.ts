/** The option `priority` of tasks, flows and calls: Temporal's own, handed on as it stands. Pure. */
import { AuthoringError } from '../core/errors.js';

/** Temporal's task queue priority and fairness; what a server does not know of it has no effect. */
export interface Priority {
  /** 1 (first) to 5 (last). Default: the flow's, else Temporal's 3. */
  priorityKey?: 1 | 2 | 3 | 4 | 5;
  /** Work of different keys, such as tenants, has its turn by weight. At most 64 bytes. */
  fairnessKey?: string;
  /** Share of the key: 0.001 to 1,000. Default 1. */
  fairnessWeight?: number;
}

const fits: Readonly<Record<string, { expected: string; is: (value: unknown) => boolean }>> = {
  priorityKey: {
    expected: 'a whole number from 1 to 5',
    is: (v) => Number.isInteger(v) && Number(v) >= 1 && Number(v) <= 5,
  },
  fairnessKey: { expected: 'a text of 1 to 64 bytes', is: (v) => typeof v === 'string' && v !== '' && v.length <= 64 },
  fairnessWeight: {
    expected: 'a number from 0.001 to 1000',
    is: (v) => typeof v === 'number' && v >= 0.001 && v <= 1_000,
  },
};

/** @throws AuthoringError BAD_OPTION */
export const checkPriority = (owner: string, priority: unknown): void => {
  const isObject = typeof priority === 'object' && priority !== null && !Array.isArray(priority);
  for (const [name, value] of isObject ? Object.entries(priority) : [['', priority] as const]) {
    const fit = fits[name];
    if (fit?.is(value)) continue;
    const option = name === '' ? 'priority' : `priority.${name}`;
    const expected = fit?.expected ?? `an object of ${Object.keys(fits).join(', ')}`;
    throw new AuthoringError(
      'BAD_OPTION',
      `${owner}: expected \`${option}\` to be ${expected}, got \`${String(value)}\``,
      {
        details: { option, expected, received: String(value) },
      },
    );
  }
};
