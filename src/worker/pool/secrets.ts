/** Where the bodies of a child have their secrets from. Host, inside a child. Nothing is loaded before one is asked for. */
import { provideSecrets } from '../../authoring/secret.js';
import { readSecret, useSecretsOf } from '../../secrets/index.js';
import { isTypeScript, registerTypeScript } from './load-sources.js';

export const installSecrets = (file: string | undefined): void => {
  provideSecrets(readSecret);
  if (file !== undefined) useSecretsOf(file, async () => (isTypeScript(file) ? registerTypeScript([file]) : undefined));
};
