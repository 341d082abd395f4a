/**
 * What a part of a module refers to: top-level names, other modules, globals of the host. Types do not count: they are
 * gone at run time. Host, build time; reads the AST.
 */
import { type NodePath, types as t } from '@babel/core';
import { type Place, placeOf } from './bundle-error.js';
import { hostGlobalAdvice } from './host-globals.js';
import type { Finding, ModuleEdge, Reference } from './item.js';
import { keyName } from './meaning.js';
import { requestOf, type UserModule } from './user-module.js';

export interface Contents {
  readonly references: Reference[];
  readonly edges: ModuleEdge[];
  readonly findings: Finding[];
}

export interface ContentsScope {
  readonly module: UserModule;
  readonly topLevelNames: ReadonlySet<string>;
  readonly optionOwners: ReadonlyMap<t.Node, string>;
}

const isTopLevel = (path: NodePath): boolean =>
  path.getFunctionParent() === null && !path.findParent((p) => p.isClassProperty());

/** `typeof name` itself, and code that runs only when a `typeof name` said so. */
const isGuarded = (path: NodePath, name: string): boolean => {
  const asks = (node: t.Node | null | undefined): boolean => {
    let found = false;
    if (node)
      t.traverseFast(node, (each) => {
        found ||= t.isUnaryExpression(each, { operator: 'typeof' }) && t.isIdentifier(each.argument, { name });
      });
    return found;
  };
  if (path.parentPath?.isUnaryExpression({ operator: 'typeof' })) return true;
  return (
    path.findParent(
      (parent) =>
        ((parent.isIfStatement() || parent.isConditionalExpression()) && asks(parent.node.test)) ||
        (parent.isLogicalExpression() && asks(parent.node.left)),
    ) !== null
  );
};

const memberRead = (path: NodePath): string | undefined => {
  const parent = path.parentPath;
  if (parent?.isMemberExpression() && path.key === 'object')
    return parent.node.computed && !t.isStringLiteral(parent.node.property) ? undefined : keyName(parent.node.property);
  if (parent?.isJSXMemberExpression() && path.key === 'object') return parent.node.property.name;
  return undefined;
};

/** The properties that `path`'s value is taken apart into: `const { a, b: c } = path`; `undefined` when it is not, or not wholly. */
const takenApart = (path: NodePath): string[] | undefined => {
  const { parent } = path;
  if (!t.isVariableDeclarator(parent) || path.key !== 'init' || !t.isObjectPattern(parent.id)) return undefined;
  const names = parent.id.properties.map((each) =>
    t.isObjectProperty(each) && !each.computed ? keyName(each.key) : undefined,
  );
  return names.length > 0 && names.every((name) => name !== undefined) ? names : undefined;
};

const membersRead = (path: NodePath): (string | undefined)[] => takenApart(path) ?? [memberRead(path)];

const optionAround = (path: NodePath, owners: ReadonlyMap<t.Node, string>): string | undefined => {
  const property = path.findParent((each) => each.parentPath !== null && owners.has(each.parentPath.node));
  if (!property || !('key' in property.node)) return undefined;
  return `the option \`${keyName(property.node.key)}\` of ${owners.get(property.parent)}`;
};

/** Names wanted of `require('x')` or `import('x')` where the call stands. */
const namesWanted = (path: NodePath): string[] => {
  const whole = path.parentPath?.isAwaitExpression() ? path.parentPath : path;
  const names = membersRead(whole).filter((name) => name !== undefined);
  if (names.length > 0) return names;
  return whole.parentPath?.isExpressionStatement() ? [] : ['*'];
};

/** Reading `exports.name` or `module.exports.name` gives `name`; `'*'` is the object as a whole. Writing is no reading. */
const commonJsMember = (path: NodePath<t.Identifier>): string | undefined => {
  const isModule = path.node.name === 'module' && memberRead(path) === 'exports';
  if (!isModule && path.node.name !== 'exports') return undefined;
  const object = isModule ? path.parentPath : path;
  const isWritten = (at: NodePath | null): boolean =>
    at?.key === 'left' && at.parentPath?.isAssignmentExpression() === true;
  const name = memberRead(object);
  if (isWritten(object) || (name !== undefined && isWritten(object.parentPath))) return undefined;
  // `Object.defineProperty(exports, '__esModule', …)` reads nothing either.
  const isMarked = object.listKey === 'arguments' && (object.parent as t.CallExpression).arguments.length === 3;
  return isMarked ? undefined : (name ?? '*');
};

const readName = (path: NodePath<t.Identifier | t.JSXIdentifier>, scope: ContentsScope, into: Contents): void => {
  const { name } = path.node;
  const binding = path.scope.getBinding(name);
  // A `var` in a nested block belongs to the program's scope, but to no item: its statement stays anyway.
  if (binding && (binding.scope !== scope.module.program.scope || !scope.topLevelNames.has(name))) return;
  const place = placeOf(scope.module.file, path.node);
  if (scope.topLevelNames.has(name)) {
    const option = optionAround(path, scope.optionOwners);
    const reference = { name, line: place.line, ...(option && { option }) };
    for (const member of membersRead(path))
      into.references.push({ ...reference, ...(member !== undefined && { member }) });
    return;
  }
  if (!path.isIdentifier()) return;
  const ownExport = commonJsMember(path);
  if (ownExport !== undefined) into.references.push({ name: `exports.${ownExport}`, line: place.line });
  const onGlobal = name === 'globalThis' || name === 'global' ? memberRead(path) : undefined;
  const used = onGlobal ?? name;
  if (hostGlobalAdvice(used) !== undefined && !isGuarded(onGlobal ? path.parentPath : path, used))
    into.findings.push({ kind: 'global', name: used, place });
};

const readCall = (path: NodePath<t.CallExpression>, scope: ContentsScope, into: Contents): void => {
  const { callee } = path.node;
  const isImport = t.isImport(callee);
  if (!isImport && !(t.isIdentifier(callee, { name: 'require' }) && !path.scope.hasBinding('require', true))) return;
  const place = placeOf(scope.module.file, path.node);
  const request = requestOf(path.node);
  if (request !== undefined) into.edges.push({ request, names: namesWanted(path), place });
  else into.findings.push({ kind: 'computed-import', name: isImport ? 'import()' : 'require()', place });
};

const isValueName = (path: NodePath<t.Identifier>): boolean =>
  (path.isBindingIdentifier() && !isDeclaration(path)) ||
  t.isReferenced(path.node, path.parent, path.parentPath?.parent);

/** The identifier declares its name here, rather than assigning to it. */
const isDeclaration = (path: NodePath<t.Identifier>): boolean => {
  const at = path.findParent((each) => !each.isPattern() && !each.isRestElement() && !each.isObjectProperty());
  return !(at?.isAssignmentExpression() || at?.isUpdateExpression() || at?.isForXStatement());
};

/** Reads everything in `path`. */
export const readContents = (path: NodePath, scope: ContentsScope): Contents => {
  const into: Contents = { references: [], edges: [], findings: [] };
  const find = (kind: 'import-meta' | 'await', name: string, place: Place): void => {
    into.findings.push({ kind, name, place });
  };
  const place = (at: NodePath): Place => placeOf(scope.module.file, at.node);
  const onName = (at: NodePath<t.Identifier>): void => (isValueName(at) ? readName(at, scope, into) : undefined);
  if (path.isIdentifier()) readName(path, scope, into);
  path.traverse({
    'TSType|TSTypeAnnotation|TSTypeParameterInstantiation|TSTypeParameterDeclaration|TSDeclareFunction'(at: NodePath) {
      at.skip();
    },
    'TSInterfaceDeclaration|TSTypeAliasDeclaration'(at: NodePath) {
      at.skip();
    },
    Identifier: onName,
    JSXIdentifier: (at) => (at.isReferencedIdentifier() ? readName(at as never, scope, into) : undefined),
    // Classic JSX calls `React.createElement` without saying so.
    'JSXElement|JSXFragment'(at: NodePath) {
      if (scope.topLevelNames.has('React')) into.references.push({ name: 'React', line: place(at).line });
    },
    CallExpression: (at) => readCall(at, scope, into),
    MetaProperty: (at) => (at.node.meta.name === 'import' ? find('import-meta', 'import.meta', place(at)) : undefined),
    AwaitExpression: (at) => (isTopLevel(at) ? find('await', 'await', place(at)) : undefined),
    ForOfStatement: (at) => (at.node.await && isTopLevel(at) ? find('await', 'for await', place(at)) : undefined),
  });
  if (path.isCallExpression()) readCall(path, scope, into);
  return into;
};
