/**
 * The source map at the end of a bundle: sources named like modules, without the texts of packages, which nobody
 * reads and every worker would have to load. Host, build time; pure.
 */
import { createHash } from 'node:crypto';
import { type NamedFolders, moduleName } from './module-names.js';

interface RawSourceMap {
  file?: string;
  sourceRoot?: string;
  sources: string[];
  names: string[];
  mappings: string;
  sourcesContent?: (string | null)[];
}

/** A segment's fifth number, which points into `names`. */
const nameField = /((?:[g-z0-9+/]*[A-Za-f]){4})[g-z0-9+/]*[A-Za-f](?=[,;]|$)/g;

const marker = '//# sourceMappingURL=data:application/json;charset=utf-8;base64,';

/** The code of a bundle without its source map comment. */
export const withoutSourceMap = (bundle: string): string => {
  const at = bundle.lastIndexOf('//# sourceMappingURL=data:');
  return at < 0 ? bundle : bundle.slice(0, at);
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Gives the bundle its final source map, and the digest of its code. */
export const finishBundle = (bundle: string, folders: NamedFolders): { code: string; hash: string } => {
  const code = withoutSourceMap(bundle);
  const hash = sha256(code);
  const encoded = bundle.slice(bundle.indexOf('base64,', code.length) + 'base64,'.length).trimEnd();
  const map = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as RawSourceMap;
  const isUsers = (name: string): boolean => !/^(perdure|node_modules|webpack)\//.test(name);
  map.sources = map.sources.map((source) =>
    source.startsWith('webpack') ? source.replace(/^webpack:\/*/, '') : moduleName(source, folders),
  );
  map.sourcesContent = map.sources.map((name, index) => (isUsers(name) ? (map.sourcesContent?.[index] ?? null) : null));
  delete map.sourceRoot;
  // Temporal prints the name at a frame's position, which is the callee's; without it, the function's own, which is right.
  map.mappings = map.mappings.replace(nameField, '$1');
  map.names = [];
  // Temporal names the script by this, and finds the map of a stack frame by the script's name.
  map.file = `flows-${hash.slice(0, 16)}.js`;
  return { code: `${code}${marker}${Buffer.from(JSON.stringify(map)).toString('base64')}`, hash };
};
