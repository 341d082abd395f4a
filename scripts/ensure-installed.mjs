/**
 * Installs what package-lock.json names when it is not there, or not of that version. Without install scripts: none of
 * the dependencies needs its own.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runNpm, say } from './steps.mjs';

const packagesOf = (file) => {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
  } catch {
    return {};
  }
};

const isInstalled = () => {
  const wanted = Object.entries(packagesOf('package-lock.json'));
  const present = packagesOf('node_modules/.package-lock.json');
  // An optional package is for some other platform, or not needed.
  return wanted.every(
    ([path, { version, optional, devOptional }]) =>
      path === '' || optional || devOptional || present[path]?.version === version,
  );
};

const oldestNode = [20, 19];

/** False when it cannot be done; why has been said. */
export const ensureInstalled = async () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
    say(`Node ${oldestNode.join('.')} or later is needed; this is ${process.versions.node}.`);
    return false;
  }
  if (isInstalled()) return true;
  say('Installing dependencies (once)');
  return (await runNpm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'])) === 0;
};
