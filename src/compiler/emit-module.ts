/**
 * Prints what is left of a user's module when `reach` has chosen, with a source map to the user's lines. Host, build
 * time; the AST is read, not changed, so one module can be printed for several choices.
 */
import { transformFromAstSync, types as t } from '@babel/core';
import { effectOf } from './host-modules.js';
import type { Item } from './item.js';
import type { ReachableModule } from './reach.js';
import type { UserModule } from './user-module.js';

export interface Emitted {
  /** Still in the user's language: swc takes the types out. Ends in no source map comment. */
  readonly code: string;
  readonly map: object;
}

interface Choice {
  readonly module: UserModule;
  readonly itemOf: ReadonlyMap<t.Node, Item>;
  readonly isLive: (node: t.Node) => boolean;
  readonly target: (request: string) => unknown;
}

/** An import that the host needs and the flow does not: `import 'dotenv/config'`. */
export const isDroppedEffect = (module: UserModule, item: Item): boolean =>
  item.edge !== undefined &&
  item.kind === 'import' &&
  item.binds.length === 0 &&
  module.resolutions.get(item.edge.request)?.kind !== 'user' &&
  effectOf(item.edge.request) === 'drop';

const evaluateOnly = (choice: Choice, source: t.StringLiteral, isPassedOn: boolean): t.Statement[] =>
  isPassedOn && choice.target(source.value) ? [t.importDeclaration([], source)] : [];

const emitImport = (node: t.ImportDeclaration, choice: Choice): t.Statement[] => {
  if (node.specifiers.length === 0) return choice.isLive(node) ? [node] : [];
  const specifiers = node.specifiers.filter(choice.isLive);
  if (specifiers.length > 0) return [{ ...node, specifiers }];
  const exported = new Set(choice.module.localExports.values());
  const isPassedOn = node.specifiers.some((each) => choice.itemOf.has(each) && exported.has(each.local.name));
  return evaluateOnly(choice, node.source, isPassedOn);
};

const emitDeclaration = <N extends t.Node>(node: N, choice: Choice): N | undefined => {
  if (!t.isVariableDeclaration(node)) return choice.isLive(node) ? node : undefined;
  const declarations = node.declarations.filter(choice.isLive);
  return declarations.length > 0 ? { ...node, declarations } : undefined;
};

const emitNamedExport = (node: t.ExportNamedDeclaration, choice: Choice): t.Statement[] => {
  if (node.declaration) {
    const declaration = emitDeclaration(node.declaration, choice);
    return declaration ? [{ ...node, declaration }] : [];
  }
  const specifiers = node.specifiers.filter(choice.isLive);
  if (specifiers.length > 0) return [{ ...node, specifiers }];
  return node.source
    ? evaluateOnly(
        choice,
        node.source,
        node.specifiers.some((each) => choice.itemOf.has(each)),
      )
    : [];
};

const emitCommonJsObject = (node: t.ExpressionStatement, choice: Choice): t.Statement[] => {
  const { expression } = node;
  if (!t.isAssignmentExpression(expression) || !t.isObjectExpression(expression.right)) return [node];
  const isItem = expression.right.properties.some((each) => choice.itemOf.has(each));
  if (!isItem) return [node];
  const properties = expression.right.properties.filter(choice.isLive);
  return [{ ...node, expression: { ...expression, right: { ...expression.right, properties } } }];
};

const emitStatement = (node: t.Statement, choice: Choice): t.Statement[] => {
  if (t.isImportDeclaration(node)) return emitImport(node, choice);
  if (t.isExportNamedDeclaration(node)) return emitNamedExport(node, choice);
  if (t.isExportAllDeclaration(node) && !choice.isLive(node))
    return evaluateOnly(choice, node.source, choice.itemOf.has(node));
  if (t.isVariableDeclaration(node)) {
    const kept = emitDeclaration(node, choice);
    return kept ? [kept] : [];
  }
  if (!choice.isLive(node)) return [];
  return t.isExpressionStatement(node) ? emitCommonJsObject(node, choice) : [node];
};

/** The text of `module` with its live items alone. */
export const emitModule = ({ module, items, target }: ReachableModule, live: ReadonlySet<Item>): Emitted => {
  const itemOf = new Map(items.map((item) => [item.path.node, item]));
  const choice: Choice = {
    module,
    itemOf,
    target,
    isLive: (node) => {
      const item = itemOf.get(node);
      return item !== undefined && live.has(item) && !isDroppedEffect(module, item);
    },
  };
  const { program } = module.ast;
  const body = program.body.flatMap((node) => emitStatement(node, choice));
  const result = transformFromAstSync(t.file({ ...program, body }), module.code, {
    filename: module.file,
    configFile: false,
    babelrc: false,
    browserslistConfigFile: false,
    cloneInputAst: false,
    sourceMaps: true,
    sourceFileName: module.file,
    comments: false,
    compact: false,
  });
  return { code: result?.code ?? '', map: result?.map ?? {} };
};
