/**
 * One module of the user's code: its AST, what it imports and exports, and where those imports lead. Host, build time.
 * This is the module as written; `strip-module` changes the AST, `top-level-items` reads what is left.
 */
import { type NodePath, types as t } from '@babel/core';
import { parseModule } from './parse.js';

/** Where an import request leads. */
export type Resolution =
  | { readonly kind: 'user'; readonly file: string }
  | { readonly kind: 'package'; readonly file: string; readonly version: string }
  | { readonly kind: 'asset' }
  | { readonly kind: 'perdure' }
  | { readonly kind: 'perdure-subpath' }
  | { readonly kind: 'host' }
  | { readonly kind: 'missing' };

/** `export { name } from request`; `imported` is `'*'` for a namespace, `exported` is `'*'` for `export *`. */
interface ReExport {
  readonly exported: string;
  readonly imported: string;
  readonly request: string;
}

export interface UserModule {
  readonly file: string;
  /** Project-relative, `/`-separated: its name in the bundle. */
  readonly name: string;
  readonly code: string;
  readonly ast: t.File;
  readonly program: NodePath<t.Program>;
  readonly resolutions: Map<string, Resolution>;
  readonly reExports: ReExport[];
  /** Exported name → the local binding of it. */
  readonly localExports: Map<string, string>;
  /** Every static request of the file, in order. */
  readonly requests: string[];
  /** Top-level names that something in the file, other than an `export`, refers to before anything is removed. */
  readonly referencedBefore: Set<string>;
}

/** The string a name of an import, export or property stands for. */
export const nameOf = (node: t.Identifier | t.StringLiteral): string => (t.isIdentifier(node) ? node.name : node.value);

/** The request of `require('request')` or `import('request')`. */
export const requestOf = (node: t.Node | null | undefined): string | undefined => {
  if (!t.isCallExpression(node)) return undefined;
  if (!t.isImport(node.callee) && !t.isIdentifier(node.callee, { name: 'require' })) return undefined;
  const [first] = node.arguments;
  if (t.isStringLiteral(first)) return first.value;
  if (t.isTemplateLiteral(first) && first.expressions.length === 0) return first.quasis[0]?.value.cooked ?? undefined;
  return undefined;
};

/** The expression inside `x as T`, `x satisfies T`, `x!`, `<T>x` and parentheses. */
export const bare = (path: NodePath): NodePath =>
  path.isTSAsExpression() ||
  path.isTSSatisfiesExpression() ||
  path.isTSNonNullExpression() ||
  path.isTSTypeAssertion() ||
  path.isTSInstantiationExpression() ||
  path.isParenthesizedExpression()
    ? bare(path.get('expression') as NodePath)
    : path;

const isTypeOnly = (node: { importKind?: string | null; exportKind?: string | null }): boolean =>
  node.importKind === 'type' || node.importKind === 'typeof' || node.exportKind === 'type';

const isExportReference = (path: NodePath): boolean =>
  path.isExportDeclaration() || path.parentPath?.isExportSpecifier() === true;

/** Every name that a declaration binds; Babel's own list knows nothing of enums and namespaces. */
export const declaredNames = (node: t.Node): string[] => {
  const names = Object.keys(t.getBindingIdentifiers(node, false, true));
  return names.length === 0 && 'id' in node && t.isIdentifier(node.id) ? [node.id.name] : names;
};

const readExports = (module: UserModule, statement: NodePath): void => {
  if (statement.isExportAllDeclaration() && !isTypeOnly(statement.node))
    module.reExports.push({ exported: '*', imported: '*', request: statement.node.source.value });
  if (statement.isExportDefaultDeclaration()) {
    const { declaration } = statement.node;
    if (t.isIdentifier(declaration)) module.localExports.set('default', declaration.name);
    else if ('id' in declaration && t.isIdentifier(declaration.id))
      module.localExports.set('default', declaration.id.name);
  }
  if (!statement.isExportNamedDeclaration() || isTypeOnly(statement.node)) return;
  const { declaration, specifiers, source } = statement.node;
  for (const name of declaration ? declaredNames(declaration) : []) module.localExports.set(name, name);
  for (const specifier of specifiers) {
    if (isTypeOnly(specifier as { exportKind?: string }) || t.isExportDefaultSpecifier(specifier)) continue;
    const exported = nameOf(specifier.exported);
    const imported = t.isExportSpecifier(specifier) ? specifier.local.name : '*';
    if (source) module.reExports.push({ exported, imported, request: source.value });
    else module.localExports.set(exported, imported);
  }
};

const readRequests = (module: UserModule): void => {
  const add = (request: string | undefined): void => {
    if (request !== undefined && !module.requests.includes(request)) module.requests.push(request);
  };
  module.program.traverse({
    ImportDeclaration: ({ node }) => (isTypeOnly(node) ? undefined : add(node.source.value)),
    ExportNamedDeclaration: ({ node }) => (isTypeOnly(node) ? undefined : add(node.source?.value)),
    ExportAllDeclaration: ({ node }) => (isTypeOnly(node) ? undefined : add(node.source.value)),
    CallExpression: ({ node }) => add(requestOf(node)),
    TSExternalModuleReference: ({ node }) => add(node.expression.value),
  });
};

/** Parses a file and reads its imports and exports; throws SYNTAX_ERROR. */
export const readUserModule = (file: string, name: string, code: string): UserModule => {
  const module: UserModule = {
    file,
    name,
    code,
    ...parseModule({ file, name, code }),
    resolutions: new Map(),
    reExports: [],
    localExports: new Map(),
    requests: [],
    referencedBefore: new Set(),
  };
  for (const statement of module.program.get('body')) readExports(module, statement);
  readRequests(module);
  for (const [local, binding] of Object.entries(module.program.scope.bindings))
    if (binding.referencePaths.some((path) => !isExportReference(path))) module.referencedBefore.add(local);
  return module;
};
