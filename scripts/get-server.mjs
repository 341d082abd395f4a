/** Gets the Temporal server that the tests and examples run on, as the product itself does. After a build. */
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { root, say } from './steps.mjs';

export const getServer = async () => {
  const { findServerBinary } = await import(pathToFileURL(join(root, 'dist', 'dev-server', 'index.js')).href);
  try {
    const { path, version } = await findServerBinary({ onProgress: (line) => process.stderr.write(`${line}\n`) });
    say(`Temporal ${version}: ${path}`);
    return true;
  } catch (error) {
    say(error.message);
    return false;
  }
};
