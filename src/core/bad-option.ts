/** The error of an option that is not what it should be, in one voice. Pure. */
import { AuthoringError } from '../core/errors.js';

export const badOption = (
  owner: string,
  option: string,
  { expected, received }: { expected: string; received: unknown },
): AuthoringError =>
  new AuthoringError(
    'BAD_OPTION',
    `${owner}: expected \`${option}\` to be ${expected}, got \`${String(received)}\` (${typeof received})`,
    { details: { option, expected, received: String(received) } },
  );
