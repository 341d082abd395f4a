/**
 * What an expression in a user's module stands for, as far as the compiler cares: a name of perdure's, a namespace, a
 * function whose body can be read, an object of options. Follows aliases, destructuring, `require` and re-exports
 * through the user's own modules. Host, build time; reads ASTs and changes nothing.
 */
import { type NodePath, types as t } from '@babel/core';
import { bare, nameOf, requestOf, type Resolution, type UserModule } from './user-module.js';

export type Meaning =
  | { readonly kind: 'perdure'; readonly name: string }
  | { readonly kind: 'perdure-namespace' }
  | { readonly kind: 'namespace'; readonly module: UserModule }
  | {
      readonly kind: 'function';
      readonly module: UserModule;
      readonly path: NodePath<t.Function>;
      readonly name: string;
    }
  | { readonly kind: 'object'; readonly module: UserModule; readonly path: NodePath<t.ObjectExpression> }
  | undefined;

/** Looks a user's module up by file; `undefined` when it could not be read. */
export type ModuleLookup = (file: string) => UserModule | undefined;

interface Search {
  readonly modules: ModuleLookup;
  /** Exports and bindings already being followed: a ring of aliases means nothing. */
  readonly seen: Set<unknown>;
}

/** Where an expression stands. */
interface Site {
  readonly module: UserModule;
  readonly search: Search;
}

const meaningOfModule = (resolution: Resolution | undefined, search: Search): Meaning => {
  if (resolution?.kind === 'perdure') return { kind: 'perdure-namespace' };
  const module = resolution?.kind === 'user' ? search.modules(resolution.file) : undefined;
  return module && { kind: 'namespace', module };
};

const memberOf = (namespace: Meaning, name: string, search: Search): Meaning => {
  if (namespace?.kind === 'perdure-namespace') return { kind: 'perdure', name };
  if (namespace?.kind === 'namespace') return exported(namespace.module, name, search);
  if (namespace?.kind !== 'object') return undefined;
  const property = namespace.path
    .get('properties')
    .find((each) => each.isObjectProperty() && !each.node.computed && keyName(each.node.key) === name);
  return property?.isObjectProperty()
    ? of({ module: namespace.module, search }, property.get('value'), name)
    : undefined;
};

const exported = (module: UserModule, name: string, search: Search): Meaning => {
  const key = `${module.file}\0${name}`;
  if (search.seen.has(key)) return undefined;
  search.seen.add(key);
  const local = module.localExports.get(name);
  if (local !== undefined) return ofBinding({ module, search }, module.program, local);
  for (const reExport of module.reExports) {
    if (reExport.exported !== name && reExport.exported !== '*') continue;
    const target = meaningOfModule(module.resolutions.get(reExport.request), search);
    if (reExport.exported !== '*' && reExport.imported === '*') return target;
    const found = memberOf(target, reExport.exported === '*' ? name : reExport.imported, search);
    if (found) return found;
  }
  if (name === 'default') return ofDefault(module, search);
  return undefined;
};

const ofDefault = (module: UserModule, search: Search): Meaning => {
  const statement = module.program.get('body').find((each) => each.isExportDefaultDeclaration());
  return statement?.isExportDefaultDeclaration()
    ? of({ module, search }, statement.get('declaration'), 'default')
    : undefined;
};

/** The text of a property's key when it is not computed. */
export const keyName = (key: t.Node): string | undefined =>
  t.isIdentifier(key) || t.isStringLiteral(key) ? nameOf(key) : undefined;

const ofBinding = ({ module, search }: Site, at: NodePath, name: string): Meaning => {
  const binding = at.scope.getBinding(name);
  if (!binding || search.seen.has(binding)) return undefined;
  search.seen.add(binding);
  const { path } = binding;
  const parent = path.parentPath;
  if (parent?.isImportDeclaration()) {
    const target = meaningOfModule(module.resolutions.get(parent.node.source.value), search);
    if (path.isImportNamespaceSpecifier()) return target;
    return memberOf(target, path.isImportSpecifier() ? nameOf(path.node.imported) : 'default', search);
  }
  if (path.isTSImportEqualsDeclaration()) {
    const { moduleReference } = path.node;
    return t.isTSExternalModuleReference(moduleReference)
      ? meaningOfModule(module.resolutions.get(moduleReference.expression.value), search)
      : undefined;
  }
  if (path.isFunctionDeclaration()) return { kind: 'function', module, path, name };
  if (!path.isVariableDeclarator() || !binding.constant) return undefined;
  const init = path.get('init') as NodePath;
  if (t.isIdentifier(path.node.id)) return of({ module, search }, init, name);
  if (!t.isObjectPattern(path.node.id)) return undefined;
  const property = path.node.id.properties.find(
    (each) => t.isObjectProperty(each) && t.isIdentifier(each.value, { name }) && !each.computed,
  );
  const key = t.isObjectProperty(property) ? keyName(property.key) : undefined;
  return key === undefined ? undefined : memberOf(of({ module, search }, init), key, search);
};

const of = (site: Site, expression: NodePath, boundTo = ''): Meaning => {
  const { module, search } = site;
  const path = bare(expression);
  if (path.isIdentifier()) return ofBinding(site, path, path.node.name);
  if (path.isFunction()) {
    const own = 'id' in path.node && t.isIdentifier(path.node.id) ? path.node.id.name : undefined;
    return { kind: 'function', module, path, name: own ?? boundTo };
  }
  if (path.isObjectExpression()) return { kind: 'object', module, path };
  if (path.isMemberExpression()) {
    const name = path.node.computed && !t.isStringLiteral(path.node.property) ? undefined : keyName(path.node.property);
    return name === undefined ? undefined : memberOf(of(site, path.get('object')), name, search);
  }
  if (path.isSequenceExpression()) return of(site, path.get('expressions').at(-1) as NodePath, boundTo);
  if (!path.isCallExpression()) return undefined;
  const request = requestOf(path.node);
  if (request !== undefined && !path.scope.hasBinding('require'))
    return meaningOfModule(module.resolutions.get(request), search);
  const [argument] = path.get('arguments');
  const callee = path.get('callee') as NodePath;
  const isSame = callee.matchesPattern('Object.freeze') || interop.test(calledName(callee) ?? '');
  return isSame && argument ? of(site, argument, boundTo) : undefined;
};

/** What compilers put around `require`. */
const interop = /^(__importStar|__importDefault|__toESM|_interop_?[rR]equire\w*)$/;

const calledName = (callee: NodePath): string | undefined => {
  if (callee.isIdentifier()) return callee.node.name;
  return callee.isMemberExpression() ? keyName(callee.node.property) : undefined;
};

/** What `expression`, in `module`, stands for; `undefined` when that cannot be known from the text. */
export const meaningOf = (module: UserModule, expression: NodePath, modules: ModuleLookup): Meaning =>
  of({ module, search: { modules, seen: new Set() } }, expression);
