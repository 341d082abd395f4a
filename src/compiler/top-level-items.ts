/**
 * Reads a stripped module as a list of items: what each declares, exports and refers to, and whether it stays for its
 * own sake. Host, build time; reads the AST. Choosing among the items is `reach`'s work.
 */
import { type NodePath, types as t } from '@babel/core';
import { placeOf } from './bundle-error.js';
import { initialEffect, ownerOfStatement } from './effects.js';
import { commonJsExport } from './commonjs-export.js';
import { type ContentsScope, readContents } from './item-contents.js';
import type { Item, ModuleEdge } from './item.js';
import { keyName } from './meaning.js';
import type { Stripped } from './strip-module.js';
import { bare, declaredNames, nameOf, requestOf, type UserModule } from './user-module.js';

type Draft = Partial<Item> & Pick<Item, 'kind' | 'path'>;

interface Reading extends ContentsScope {
  readonly stripped: Stripped;
  readonly items: Item[];
}

const isErased = (statement: NodePath): boolean => {
  const { node } = statement;
  if (t.isTSInterfaceDeclaration(node) || t.isTSTypeAliasDeclaration(node) || t.isTSDeclareFunction(node)) return true;
  if ('declare' in node && node.declare === true) return true;
  if (t.isImportDeclaration(node)) return node.importKind === 'type' || node.importKind === 'typeof';
  if (t.isExportNamedDeclaration(node) || t.isExportAllDeclaration(node)) return node.exportKind === 'type';
  return t.isTSNamespaceExportDeclaration(node);
};

const add = (reading: Reading, draft: Draft, contentsOf?: NodePath): void => {
  const contents = contentsOf ? readContents(contentsOf, reading) : { references: [], edges: [], findings: [] };
  reading.items.push({
    binds: [],
    exports: [],
    isNamespace: false,
    isRoot: false,
    place: placeOf(reading.module.file, draft.path.node),
    ...contents,
    ...draft,
  });
};

const edgeAt = (reading: Reading, path: NodePath, edge: Omit<ModuleEdge, 'place'>): ModuleEdge => ({
  ...edge,
  place: placeOf(reading.module.file, path.node),
});

const addImport = (reading: Reading, statement: NodePath<t.ImportDeclaration>): void => {
  const request = statement.node.source.value;
  const specifiers = statement.get('specifiers');
  if (specifiers.length === 0)
    add(reading, {
      kind: 'import',
      path: statement,
      isRoot: true,
      edge: edgeAt(reading, statement, { request, names: [] }),
    });
  for (const path of specifiers) {
    if (path.isImportSpecifier() && path.node.importKind === 'type') continue;
    const isNamespace = path.isImportNamespaceSpecifier();
    const names = isNamespace ? [] : [path.isImportSpecifier() ? nameOf(path.node.imported) : 'default'];
    add(reading, {
      kind: 'import',
      path,
      binds: [path.node.local.name],
      isNamespace,
      edge: edgeAt(reading, statement, { request, names }),
    });
  }
};

/** `const x = require('y')` and `const { a } = require('y')`, which are imports. */
const requireDraft = (reading: Reading, path: NodePath<t.VariableDeclarator>): Draft | undefined => {
  const request = requestOf(path.node.init);
  if (request === undefined || !t.isCallExpression(path.node.init) || t.isImport(path.node.init.callee))
    return undefined;
  const { id } = path.node;
  const binds = Object.keys(t.getBindingIdentifiers(id));
  if (t.isIdentifier(id))
    return { kind: 'import', path, binds, isNamespace: true, edge: edgeAt(reading, path, { request, names: [] }) };
  const keys = t.isObjectPattern(id)
    ? id.properties.map((each) => (t.isObjectProperty(each) && !each.computed ? (keyName(each.key) ?? '*') : '*'))
    : ['*'];
  return { kind: 'import', path, binds, edge: edgeAt(reading, path, { request, names: keys }) };
};

const addDeclaration = (reading: Reading, declaration: NodePath, isExported: boolean): void => {
  if (!declaration.isVariableDeclaration()) {
    const binds = declaredNames(declaration.node);
    // A class or namespace that makes a flow while it is evaluated.
    const isRoot = !declaration.isFunctionDeclaration() && initialEffect(declaration, reading) === 'registers';
    add(
      reading,
      { kind: 'declaration', path: declaration, binds, exports: isExported ? binds : [], isRoot },
      declaration,
    );
    return;
  }
  for (const path of declaration.get('declarations')) {
    const binds = Object.keys(t.getBindingIdentifiers(path.node.id));
    const exports = isExported ? binds : [];
    const required = requireDraft(reading, path);
    if (required) {
      add(reading, { ...required, exports });
      continue;
    }
    const isReferenced = binds.some((name) => reading.module.referencedBefore.has(name));
    const effect = initialEffect(path.get('init') as NodePath, reading);
    const isRoot =
      effect === 'registers' ||
      (effect === 'own' && !isReferenced) ||
      (effect === 'foreign' && !isReferenced && !isExported && !isReExported(reading, binds));
    add(reading, { kind: 'declaration', path, binds, exports, isRoot }, path);
  }
};

const isReExported = (reading: Reading, binds: readonly string[]): boolean =>
  [...reading.module.localExports.values()].some((local) => binds.includes(local));

const addNamedExport = (reading: Reading, statement: NodePath<t.ExportNamedDeclaration>): void => {
  const declaration = statement.get('declaration');
  if (declaration.node) return addDeclaration(reading, declaration as NodePath, true);
  const request = statement.node.source?.value;
  for (const path of statement.get('specifiers')) {
    if (!path.isExportSpecifier() && !path.isExportNamespaceSpecifier()) continue;
    if (path.isExportSpecifier() && path.node.exportKind === 'type') continue;
    const exports = [nameOf(path.node.exported)];
    if (request === undefined)
      add(reading, { kind: 'export', path, exports }, path.isExportSpecifier() ? path.get('local') : undefined);
    else {
      const imported = path.isExportSpecifier() ? path.node.local.name : '*';
      add(reading, { kind: 'export', path, exports, edge: edgeAt(reading, statement, { request, names: [imported] }) });
    }
  }
};

const addDefaultExport = (reading: Reading, statement: NodePath<t.ExportDefaultDeclaration>): void => {
  const value = statement.get('declaration') as NodePath;
  const isDeclared = (value.isFunctionDeclaration() || value.isClassDeclaration()) && value.node.id;
  const effect = value.isDeclaration() ? 'none' : initialEffect(value, reading);
  add(
    reading,
    {
      kind: 'export',
      path: statement,
      binds: isDeclared ? [(value.node as { id: t.Identifier }).id.name] : [],
      exports: ['default'],
      isRoot: effect === 'registers' || effect === 'own',
    },
    value,
  );
};

/** `module.exports = { a, b: value }`: each property is an item, so that what nobody wants can go. */
const addCommonJsObject = (reading: Reading, statement: NodePath<t.ExpressionStatement>): boolean => {
  const assignment = statement.get('expression');
  if (!assignment.isAssignmentExpression() || !assignment.get('left').matchesPattern('module.exports')) return false;
  const object = bare(assignment.get('right'));
  if (!object.isObjectExpression()) return false;
  const properties = object.get('properties');
  if (properties.some((each) => each.isSpreadElement() || !('key' in each.node) || each.node.computed)) return false;
  add(reading, { kind: 'statement', path: statement, isRoot: true });
  for (const path of properties) {
    const value = path.isObjectProperty() ? (path.get('value') as NodePath) : path;
    const effect = path.isObjectProperty() ? initialEffect(value, reading) : 'none';
    const name = keyName((path.node as t.ObjectMember).key) ?? '*';
    add(
      reading,
      { kind: 'export', path, binds: [`exports.${name}`], exports: [name], isRoot: effect === 'registers' },
      value,
    );
  }
  return true;
};

const addStatement = (reading: Reading, statement: NodePath): void => {
  if (statement.isExpressionStatement() && addCommonJsObject(reading, statement)) return;
  const exported = commonJsExport(statement);
  if (exported !== undefined && statement.isExpressionStatement()) {
    const value = (statement.get('expression') as NodePath<t.AssignmentExpression>).get('right');
    const effect = initialEffect(value, reading);
    add(
      reading,
      {
        kind: 'export',
        path: statement,
        binds: [`exports.${exported}`],
        exports: [exported],
        isRoot: effect === 'registers' || effect === 'own',
      },
      statement,
    );
    return;
  }
  const owner = ownerOfStatement(statement, reading);
  add(
    reading,
    {
      kind: 'statement',
      path: statement,
      isRoot: owner === undefined,
      ...(owner !== undefined && { belongsTo: owner }),
    },
    statement,
  );
};

/** The items of a module that `stripModule` has been through, in order. */
export const topLevelItems = (module: UserModule, stripped: Stripped): Item[] => {
  module.program.scope.crawl();
  const body = module.program.get('body').filter((statement) => !isErased(statement));
  const topLevelNames = new Set(
    body.flatMap(({ node }) =>
      declaredNames(
        t.isExportNamedDeclaration(node) || t.isExportDefaultDeclaration(node) ? (node.declaration ?? node) : node,
      ),
    ),
  );
  const reading: Reading = { module, topLevelNames, optionOwners: stripped.optionOwners, stripped, items: [] };
  for (const statement of body) {
    if (statement.isImportDeclaration()) addImport(reading, statement);
    else if (statement.isExportNamedDeclaration()) addNamedExport(reading, statement);
    else if (statement.isExportDefaultDeclaration()) addDefaultExport(reading, statement);
    else if (statement.isExportAllDeclaration())
      add(reading, {
        kind: 'export',
        path: statement,
        exports: ['*'],
        edge: edgeAt(reading, statement, { request: statement.node.source.value, names: ['*'] }),
      });
    else if (statement.isTSImportEqualsDeclaration() && t.isTSExternalModuleReference(statement.node.moduleReference))
      add(reading, {
        kind: 'import',
        path: statement,
        binds: [statement.node.id.name],
        isNamespace: true,
        edge: edgeAt(reading, statement, { request: statement.node.moduleReference.expression.value, names: [] }),
      });
    else if (statement.isDeclaration()) addDeclaration(reading, statement, false);
    else addStatement(reading, statement);
  }
  return reading.items;
};
