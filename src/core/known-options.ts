/** Options objects: what is none, and a name that is not known, is refused. Pure. */
import { didYouMean } from './did-you-mean.js';
import { AuthoringError } from './errors.js';
import { badOption } from './bad-option.js';

/** @param known the names that `owner` knows @throws AuthoringError BAD_OPTION */
export const checkKnown = (owner: string, options: unknown, known: readonly string[]): void => {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw badOption(owner, 'options', { expected: 'an object', received: options });
  const option = Object.keys(options).find((name) => !known.includes(name));
  if (option === undefined) return;
  const expected = known.join(', ');
  throw new AuthoringError(
    'BAD_OPTION',
    `${owner} has no option \`${option}\`.${didYouMean(option, known)} It knows: ${expected}.`,
    { details: { option, expected, received: option } },
  );
};
