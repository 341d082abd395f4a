/**
 * Chooses what of the user's modules enters the sandbox, starting at the entry files: what makes tasks and flows, what
 * has an effect of its own, and whatever those need, over module borders. Everything else stays out, with what only it
 * imports. Host, build time; pure over what `top-level-items` read.
 */
import type { Item, ModuleEdge } from './item.js';
import type { UserModule } from './user-module.js';

/** A module as this file needs it. */
export interface ReachableModule {
  readonly module: UserModule;
  readonly items: readonly Item[];
  /** What a request of this module leads to, when that is a user's module as well. */
  readonly target: (request: string) => ReachableModule | undefined;
}

/** Why a module is in: who imports it, and where. */
interface Parent {
  readonly module: UserModule;
  readonly edge: ModuleEdge;
}

export interface Reached {
  readonly of: ReachableModule;
  readonly live: Set<Item>;
  readonly parent: Parent | undefined;
  /** Exported names that have been asked for. */
  readonly wanted: Set<string>;
}

/** By file, in the order in which they were reached. */
export type Reach = Map<string, Reached>;

const exportsOwn = (module: ReachableModule, name: string): boolean =>
  module.items.some((item) => item.exports.includes(name)) || module.module.localExports.has(name);

/** Whether `module`, or what it re-exports from the user's other modules, exports `name`. */
export const hasExport = (module: ReachableModule, name: string, seen = new Set<ReachableModule>()): boolean => {
  if (seen.has(module)) return false;
  seen.add(module);
  if (exportsOwn(module, name)) return true;
  return module.items.some((item) => {
    const target = item.exports.includes('*') && item.edge ? module.target(item.edge.request) : undefined;
    return target !== undefined && hasExport(target, name, seen);
  });
};

/** An import or re-export of a user's module is evaluated even when none of its names is used, if it passes them on. */
const passesOn = (module: ReachableModule, item: Item): boolean =>
  item.edge !== undefined &&
  (item.exports.length > 0 || [...module.module.localExports.values()].some((local) => item.binds.includes(local)));

class Walk {
  readonly reach: Reach = new Map();

  visit(module: ReachableModule, names: readonly string[], parent?: Parent): void {
    let reached = this.reach.get(module.module.file);
    if (!reached) {
      reached = { of: module, live: new Set(), parent, wanted: new Set() };
      this.reach.set(module.module.file, reached);
      for (const item of module.items) {
        if (item.isRoot) this.keep(reached, item);
        if (item.edge && passesOn(module, item)) this.follow(reached, { ...item.edge, names: [] });
      }
    }
    for (const name of names) this.want(reached, name);
  }

  private want(reached: Reached, name: string): void {
    if (reached.wanted.has(name)) return;
    reached.wanted.add(name);
    const { items, target } = reached.of;
    for (const item of items) {
      if (item.exports.includes('*') && item.edge) {
        const module = target(item.edge.request);
        // A package's own exports are not known here: it may have the name.
        if (module && name !== '*' && !hasExport(module, name)) continue;
        if (name === 'default' || (name !== '*' && exportsOwn(reached.of, name))) continue;
        this.keep(reached, item, [name]);
      } else if (item.exports.length > 0 && (name === '*' || item.exports.includes(name))) this.keep(reached, item);
    }
    // `module.exports` as a whole is the default import of a CommonJS module.
    const isCommonJs = items.some((item) => item.binds.some((bound) => bound.startsWith('exports.')));
    if (name === 'default' && isCommonJs) this.want(reached, '*');
    const local = reached.of.module.localExports.get(name);
    if (local !== undefined) this.use(reached, local);
  }

  /** Keeps `item`; `names` replace those of its edge for an `export *`. */
  private keep(reached: Reached, item: Item, names?: readonly string[]): void {
    const isNew = !reached.live.has(item);
    reached.live.add(item);
    if (item.edge && (isNew || names)) this.follow(reached, { ...item.edge, names: names ?? item.edge.names });
    if (!isNew) return;
    for (const reference of item.references) this.use(reached, reference.name, reference.member);
    for (const edge of item.edges) this.follow(reached, edge);
    for (const each of reached.of.items)
      if (each.belongsTo !== undefined && item.binds.includes(each.belongsTo)) this.keep(reached, each);
  }

  private use(reached: Reached, name: string, member?: string): void {
    for (const item of reached.of.items) {
      const isBound =
        name === 'exports.*' ? item.binds.some((bound) => bound.startsWith('exports.')) : item.binds.includes(name);
      if (!isBound) continue;
      this.keep(reached, item);
      if (item.isNamespace && item.edge) this.follow(reached, { ...item.edge, names: [member ?? '*'] });
    }
  }

  private follow(reached: Reached, edge: ModuleEdge): void {
    const target = reached.of.target(edge.request);
    if (target) this.visit(target, edge.names, { module: reached.of.module, edge });
  }
}

/** What is needed of every module that `entries` lead to. */
export const reachFrom = (entries: readonly ReachableModule[]): Reach => {
  const walk = new Walk();
  for (const entry of entries) walk.visit(entry, []);
  return walk.reach;
};
