/**
 * A digest over the text of one declaration and of all that it uses in the user's own files, over module borders: what
 * "the source of a task" means to the cache. Host. Packages are not looked into, nor is what is only known at run time
 * (a module whose path is computed). Loads Babel, so it is imported where it is asked for.
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import type { Item, ModuleEdge } from './item.js';
import { codeExtensions } from './parse.js';
import type { Stripped } from './strip-module.js';
import { createTsconfigs } from './tsconfig-paths.js';
import { topLevelItems } from './top-level-items.js';
import { readUserModule, type UserModule } from './user-module.js';
import { createPathsMatcher } from 'get-tsconfig';

export interface Declaration {
  /** The task's name, as its declaration has it. */
  name: string;
  file: string;
  /** 1-based line of the call that declares it. */
  line: number;
}

interface Source {
  module: UserModule;
  items: readonly Item[];
}

const nothingStripped: Stripped = { makers: new Map(), registrations: new Set(), optionOwners: new Map() };

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** As a user's file may name another: as it is, with TypeScript's `.js` for `.ts`, without an extension, or as a folder. */
const fileAt = (path: string): string | undefined => {
  const bare = path.slice(0, path.length - extname(path).length);
  const typed = /\.[mc]?jsx?$/.test(path) ? codeExtensions.map((extension) => bare + extension) : [];
  const added = codeExtensions.flatMap((extension) => [path + extension, `${path}/index${extension}`]);
  return [path, ...typed, ...added].find(isFile);
};

class Digesting {
  /** By file and place in it. */
  readonly texts = new Map<string, string>();
  private readonly sources = new Map<string, Source | undefined>();
  private readonly seen = new Set<string>();
  private readonly tsconfigs = createTsconfigs();

  source(file: string): Source | undefined {
    if (!this.sources.has(file)) this.sources.set(file, this.read(file));
    return this.sources.get(file);
  }

  private read(file: string): Source | undefined {
    const code = readFileSync(file, 'utf8')
      .replace(/^\uFEFF/, '')
      .replace(/^#!.*/, '');
    // Not code: all of it counts.
    if (!codeExtensions.includes(extname(file))) return void this.texts.set(file, code);
    const module = readUserModule(file, file, code);
    return { module, items: topLevelItems(module, nothingStripped) };
  }

  keep(source: Source, item: Item): void {
    const { module, items } = source;
    const { start, end } = item.path.node;
    const at = `${module.file}:${start}`;
    if (this.texts.has(at)) return;
    // An import is told by what it leads to.
    this.texts.set(at, item.kind === 'import' ? '' : module.code.slice(start ?? 0, end ?? 0));
    if (item.edge) this.follow(module, item.edge);
    for (const edge of item.edges) this.follow(module, edge);
    for (const { name, member } of item.references) this.use(source, name, member);
    for (const each of items)
      if (each.belongsTo !== undefined && item.binds.includes(each.belongsTo)) this.keep(source, each);
  }

  private use(source: Source, name: string, member?: string): void {
    for (const item of source.items) {
      if (!item.binds.includes(name)) continue;
      this.keep(source, item);
      if (item.isNamespace && item.edge) this.follow(source.module, { ...item.edge, names: [member ?? '*'] });
    }
  }

  private follow(module: UserModule, edge: Pick<ModuleEdge, 'request' | 'names'>): void {
    const file = this.resolved(module.file, edge.request);
    const source = file === undefined ? undefined : this.source(file);
    if (source !== undefined) for (const name of edge.names) this.want(source, name);
  }

  private want(source: Source, name: string): void {
    const { module, items } = source;
    const at = `${module.file}#${name}`;
    if (this.seen.has(at)) return;
    this.seen.add(at);
    const local = module.localExports.get(name);
    if (local !== undefined) this.use(source, local);
    for (const item of items) {
      if (item.exports.includes('*') && item.edge) this.follow(module, { ...item.edge, names: [name] });
      else if (name === '*' || item.exports.includes(name)) this.keep(source, item);
    }
  }

  /** The user's own file that `request` means; `undefined` for packages and what is not there. */
  private resolved(from: string, request: string): string | undefined {
    if (/^\.{1,2}(\/|$)|^\//.test(request)) return fileAt(resolve(dirname(from), request));
    const tsconfig = this.tsconfigs.of(from);
    for (const path of (tsconfig && createPathsMatcher(tsconfig)?.(request)) ?? []) {
      const file = path.includes('/node_modules/') ? undefined : fileAt(path);
      if (file !== undefined) return file;
    }
    return undefined;
  }
}

const covers = ({ path: { node } }: Item, line: number): boolean =>
  !!node.loc && node.loc.start.line <= line && line <= node.loc.end.line;

/** sha256 in hex. @throws what reading a file throws; BundleError SYNTAX_ERROR */
export const sourceDigest = ({ name, file, line }: Declaration): string => {
  const digesting = new Digesting();
  const source = digesting.source(file);
  if (source !== undefined) {
    const { items, module } = source;
    const textOf = ({ path: { node } }: Item): string => module.code.slice(node.start ?? 0, node.end ?? 0);
    const declared = items.filter((item) => covers(item, line) && textOf(item).includes(name));
    // Declared in a way that is not seen here: the whole file counts.
    for (const item of declared.length > 0 ? declared : items) digesting.keep(source, item);
  }
  // The files' places do not count: the same project elsewhere is the same source.
  const texts = [...digesting.texts.values()].filter((text) => text !== '').sort();
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex');
};
