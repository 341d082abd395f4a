/**
 * From entry files to the text that enters the sandbox: loads the user's modules, strips them, chooses, checks, prints.
 * Host, build time. Knows nothing of webpack but the resolver it is given; what it gives is final, packages excepted.
 */
import { createHash } from 'node:crypto';
import { BundleError } from '../core/errors.js';
import { checkItems } from './check-items.js';
import { type Emitted, emitModule } from './emit-module.js';
import type { Item } from './item.js';
import { type LoadedModules, loadModules, type ResolveRequest } from './load-modules.js';
import { type Reach, type ReachableModule, reachFrom } from './reach.js';
import { type Stripped, stripModule } from './strip-module.js';
import { topLevelItems } from './top-level-items.js';
import type { UserModule } from './user-module.js';

export interface FlowAnalysis {
  /** By file: what of each user's module goes into the bundle. */
  readonly emitted: ReadonlyMap<string, Emitted>;
  readonly reach: Reach;
  readonly entries: readonly { file: string; hash: string }[];
  /** Every user's file that was read. */
  readonly dependencies: readonly string[];
  readonly warnings: readonly string[];
}

/** Strips each module once, a module's imports first where something of theirs makes tasks. */
class Stripping {
  private readonly results = new Map<UserModule, Stripped | BundleError | 'under way'>();

  constructor(private readonly loaded: LoadedModules) {}

  /** `undefined` while `module` is under way: a ring of imports. */
  readonly of = (module: UserModule): Stripped | undefined => {
    const known = this.results.get(module);
    if (known === 'under way' || known instanceof BundleError) return undefined;
    if (known) return known;
    this.results.set(module, 'under way');
    try {
      const result = stripModule(module, (file) => this.loaded.modules.get(file), this.of);
      this.results.set(module, result);
      return result;
    } catch (error) {
      if (!(error instanceof BundleError)) throw error;
      // It matters only if a flow needs the module.
      this.results.set(module, error);
      return undefined;
    }
  };

  /** The result, or the module's own error thrown. */
  demand(module: UserModule): Stripped {
    const result = this.of(module) ?? this.results.get(module);
    if (result instanceof BundleError) throw result;
    return result as Stripped;
  }
}

const reachableModules = (loaded: LoadedModules): ((file: string) => ReachableModule) => {
  const stripping = new Stripping(loaded);
  // All before any is read as items: stripping one module can take options out of another.
  for (const module of loaded.modules.values()) stripping.of(module);
  const known = new Map<string, ReachableModule>();
  const at = (file: string): ReachableModule => {
    const found = known.get(file);
    if (found) return found;
    const failure = loaded.failures.get(file);
    if (failure) throw failure;
    const module = loaded.modules.get(file) as UserModule;
    const reachable: ReachableModule = {
      module,
      items: topLevelItems(module, stripping.demand(module)),
      target: (request) => {
        const resolution = module.resolutions.get(request);
        return resolution?.kind === 'user' ? at(resolution.file) : undefined;
      },
    };
    known.set(file, reachable);
    return reachable;
  };
  return at;
};

/** Prints modules, each choice of items once. */
const createPrinter = (): ((module: ReachableModule, live: ReadonlySet<Item>) => Emitted) => {
  const printed = new Map<ReachableModule, Map<string, Emitted>>();
  return (module, live) => {
    const choices = printed.get(module) ?? new Map<string, Emitted>();
    printed.set(module, choices);
    const key = module.items.map((item) => (live.has(item) ? '1' : '0')).join('');
    const emitted = choices.get(key) ?? emitModule(module, live);
    choices.set(key, emitted);
    return emitted;
  };
};

/** Digest over the stripped text of everything `reach` holds, and the versions of the packages it imports. */
const digestOf = (reach: Reach, print: ReturnType<typeof createPrinter>, version: string): string => {
  const hash = createHash('sha256').update(JSON.stringify([version]));
  const parts = [...reach.values()].map(({ of, live }) => {
    const edges = [...live].flatMap((item) => (item.edge ? [item.edge, ...item.edges] : item.edges));
    const packages = edges.flatMap(({ request }) => {
      const resolution = of.module.resolutions.get(request);
      return resolution?.kind === 'package' ? [`${request} ${resolution.version}`] : [];
    });
    return [of.module.name, print(of, live).code, [...new Set(packages)].sort()] as const;
  });
  parts.sort(([a], [b]) => (a < b ? -1 : 1));
  return hash.update(JSON.stringify(parts)).digest('hex');
};

/** Analyses `entries` (absolute). Throws the `BundleError` for the first thing that cannot enter the sandbox. */
export const analyseFlows = async (
  entries: readonly string[],
  options: { projectRoot: string; version: string; resolve: ResolveRequest },
): Promise<FlowAnalysis> => {
  const loaded = await loadModules(entries, options);
  const moduleAt = reachableModules(loaded);
  const reach = reachFrom(entries.map(moduleAt));
  const warnings = checkItems(reach);
  const print = createPrinter();
  return {
    emitted: new Map([...reach].map(([file, { of, live }]) => [file, print(of, live)])),
    reach,
    entries: entries.map((file) => ({ file, hash: digestOf(reachFrom([moduleAt(file)]), print, options.version) })),
    dependencies: [...loaded.modules.keys(), ...loaded.failures.keys()],
    warnings,
  };
};
