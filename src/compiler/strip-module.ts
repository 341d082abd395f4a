/**
 * Takes out of a user's module what is for the host alone: the bodies of tasks, options that are functions of the
 * host, and the script's own part. Host, build time; changes the AST. What only those used is still there afterwards:
 * `reach` leaves it out. A body that cannot be taken out is a `BundleError`, never a silent leak.
 */
import { type NodePath, types as t } from '@babel/core';
import { hostOptionNames, markedOptionNames } from '../core/host-options.js';
import { bundleErrorAt, placeOf } from './bundle-error.js';
import { foldMain } from './fold-main.js';
import { keyName, meaningOf, type ModuleLookup } from './meaning.js';
import { createRemoval, type Removal } from './removal.js';
import { bare, type UserModule } from './user-module.js';

export interface Stripped {
  /** Functions that make tasks or flows, with the parameters that only a task's body used. */
  readonly makers: ReadonlyMap<t.Node, ReadonlySet<number>>;
  /** The calls that make a task or a flow, their own or through a maker. */
  readonly registrations: ReadonlySet<t.Node>;
  /** Options objects, with the task or flow they are for. */
  readonly optionOwners: ReadonlyMap<t.Node, string>;
}

interface Strip {
  readonly module: UserModule;
  readonly modules: ModuleLookup;
  /** The result for another module; `undefined` while that one is itself being stripped. */
  readonly strippedOf: (module: UserModule) => Stripped | undefined;
  readonly removal: Removal;
  readonly makers: Map<t.Node, Set<number>>;
  readonly registrations: Set<t.Node>;
  readonly optionOwners: Map<t.Node, string>;
}

const notStripped = (strip: Strip, path: NodePath, message: string): never => {
  const place = placeOf(strip.module.file, path.node);
  throw bundleErrorAt('BODY_NOT_STRIPPED', place, { message: `${strip.module.name}:${place.line} ${message}` });
};

const labelOf = (path: NodePath | undefined): string => {
  const node = path && bare(path).node;
  return t.isStringLiteral(node) ? node.value : 'unnamed';
};

/** Removes host-only options from the object that `path` is, names or spreads. */
const stripOptions = (strip: Strip, path: NodePath, what: { kind: 'task' | 'flow'; owner: string }): void => {
  const value = bare(path);
  if (value.isConditionalExpression() || value.isLogicalExpression()) {
    const branches = value.isLogicalExpression()
      ? (['left', 'right'] as const)
      : (['consequent', 'alternate'] as const);
    for (const branch of branches) stripOptions(strip, value.get(branch) as NodePath, what);
    return;
  }
  const meaning = meaningOf(strip.module, value, strip.modules);
  if (meaning?.kind !== 'object') return;
  strip.optionOwners.set(meaning.path.node, `${what.kind} '${what.owner}'`);
  for (const property of meaning.path.get('properties')) {
    if (property.isSpreadElement()) stripOptions({ ...strip, module: meaning.module }, property.get('argument'), what);
    else if ('key' in property.node && !property.node.computed) {
      const names: readonly string[] = hostOptionNames[what.kind];
      const name = keyName(property.node.key) ?? '';
      if (names.includes(name)) strip.removal.remove(property);
      else if (what.kind === 'task' && markedOptionNames.includes(name))
        strip.removal.remove(property, t.objectProperty(t.identifier(name), t.booleanLiteral(true)));
    }
  }
};

/** The name that `task(fn)` takes from its function; the same one that the host reads from `fn.name`. */
const bodyName = (strip: Strip, body: NodePath): string => {
  const meaning = meaningOf(strip.module, body, strip.modules);
  if (meaning?.kind === 'function' && meaning.name !== '') return meaning.name;
  return notStripped(
    strip,
    body,
    'makes a task of a function whose name cannot be read from the text. Give the task a name: `task("a_name", fn)`.',
  );
};

const stripTask = (strip: Strip, call: NodePath<t.CallExpression>): void => {
  const args = call.get('arguments') as NodePath[];
  const [first, second] = args;
  if (args.some((each) => each.isSpreadElement()))
    notStripped(
      strip,
      call,
      'spreads the arguments of `task`, so its body cannot be told apart. Write them out: `task(name, options, fn)`.',
    );
  if (!first || (args.length === 1 && (bare(first).isStringLiteral() || bare(first).isTemplateLiteral()))) return;
  if (args.length === 1 || bare(first).isFunction())
    strip.removal.remove(first, t.stringLiteral(bodyName(strip, first)));
  if (!second) return;
  for (const extra of args.slice(2)) strip.removal.remove(extra);
  const isOptions = args.length > 2 || meaningOf(strip.module, second, strip.modules)?.kind === 'object';
  if (isOptions) stripOptions(strip, second, { kind: 'task', owner: labelOf(first) });
  else strip.removal.remove(second);
};

const stripFlow = (strip: Strip, call: NodePath<t.CallExpression>): void => {
  const args = call.get('arguments') as NodePath[];
  if (args.length >= 3 && args[1]) stripOptions(strip, args[1], { kind: 'flow', owner: labelOf(args[0]) });
};

/** A registration makes a maker of each function it stands in. */
const register = (strip: Strip, call: NodePath<t.CallExpression>): void => {
  strip.registrations.add(call.node);
  for (let owner = call.getFunctionParent(); owner; owner = owner.getFunctionParent())
    if (!strip.makers.has(owner.node)) strip.makers.set(owner.node, new Set());
};

const stripPerdureCalls = (strip: Strip): void => {
  strip.module.program.traverse({
    CallExpression(call) {
      const meaning = meaningOf(strip.module, call.get('callee'), strip.modules);
      if (meaning?.kind !== 'perdure') return;
      if (meaning.name !== 'task' && meaning.name !== 'flow') return;
      register(strip, call);
      if (meaning.name === 'task') stripTask(strip, call);
      else stripFlow(strip, call);
    },
  });
};

/** Calls of the user's own functions that make tasks: the arguments that only a body used go. True if there was a new one. */
const stripMakerCalls = (strip: Strip): boolean => {
  let isChanged = false;
  strip.module.program.traverse({
    CallExpression(call) {
      const meaning = meaningOf(strip.module, call.get('callee'), strip.modules);
      if (meaning?.kind !== 'function') return;
      const makers = meaning.module === strip.module ? strip.makers : strip.strippedOf(meaning.module)?.makers;
      const unused = makers?.get(meaning.path.node);
      if (!unused) return;
      if (!strip.registrations.has(call.node)) {
        register(strip, call);
        isChanged = true;
      }
      call.get('arguments').forEach((argument, index) => {
        if (!unused.has(index) || argument.isIdentifier({ name: 'undefined' })) return;
        strip.removal.remove(argument, t.identifier('undefined'));
        isChanged = true;
      });
    },
  });
  return isChanged;
};

/** Strips `module` in place. `strippedOf` gives the makers of the modules it imports. */
export const stripModule = (
  module: UserModule,
  modules: ModuleLookup,
  strippedOf: (module: UserModule) => Stripped | undefined,
): Stripped => {
  const strip: Strip = {
    module,
    modules,
    strippedOf,
    removal: createRemoval(),
    makers: new Map(),
    registrations: new Set(),
    optionOwners: new Map(),
  };
  foldMain(module, modules);
  stripPerdureCalls(strip);
  for (let isChanged = true; isChanged;) {
    for (const [owner, indexes] of strip.removal.settle(module.program))
      for (const index of indexes) strip.makers.get(owner)?.add(index);
    isChanged = stripMakerCalls(strip);
  }
  return strip;
};
