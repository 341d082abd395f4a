/**
 * `secret('NAME')`: in a task body its value; in flow code, which is recorded, what stands for it and is resolved only
 * where a body is called. Pure; the host installs who reads.
 */
import { AuthoringError } from '../core/errors.js';
import { secretData, Stored } from '../core/result-ref.js';
import { currentRunIfAny } from './current-run.js';
import { isSandbox } from './realm.js';

declare const secretBrand: unique symbol;

/** A secret: `await` gives its value in a task body; in flow code it can only be passed to a task that takes a string. */
export interface Secret extends PromiseLike<string> {
  readonly [secretBrand]?: true;
}

type Read = (name: string) => Promise<string>;
const slot = Symbol.for('perdure.secrets');
const holder = globalThis as { [slot]?: Read };

export const provideSecrets = (read: Read): void => {
  holder[slot] = read;
};
export const provideSecretsIfNone = (read: Read): void => {
  holder[slot] ??= read;
};

const refuse = (name: string): never => {
  throw new AuthoringError(
    'SECRET_IN_FLOW',
    `The secret '${name}' cannot be read in flow code, which is recorded in the run's history. Pass secret('${name}') to a task, or read it in the task's body.`,
    { details: { name } },
  );
};

/** In flow code. Whatever would make a text of it, or wait for it, is refused. */
class SecretReference extends Stored {
  declare readonly name: string;

  constructor(name: string) {
    super(secretData(name));
    // Not enumerable: it is data of the reference, not of a value.
    Object.defineProperty(this, 'name', { value: name });
  }
  then(): never {
    return refuse(this.name);
  }
  [Symbol.toPrimitive](): never {
    return refuse(this.name);
  }
  toJSON(): never {
    return refuse(this.name);
  }
}

/**
 * A secret of the environment, or of the provider that the executor was given (`secrets`). Once read, its value is
 * replaced by `***` in logs, printed text, artifacts and errors of that process, and refused in results. It never
 * enters a history or the result store. Prefect 1's Secret, Prefect 3's Secret block.
 * @param name of the environment variable, or what the provider knows it by
 * @throws (when awaited) ConfigError SECRET_NOT_FOUND in a task body, AuthoringError SECRET_IN_FLOW in flow code
 * @example const token = await secret('API_TOKEN'); // in a task body
 * @example publish(rows, secret('API_TOKEN')); // in a flow: the body of `publish` gets the text
 */
export const secret = (name: string): Secret => {
  if (typeof name !== 'string' || name.trim() === '')
    throw new AuthoringError('BAD_OPTION', `secret(…) takes the secret's name, got ${JSON.stringify(name)}.`, {
      details: { option: 'name', expected: 'a text', received: typeof name },
    });
  const read = holder[slot];
  if (isSandbox() || currentRunIfAny()?.kind === 'flow' || read === undefined) return new SecretReference(name);
  return read(name);
};
