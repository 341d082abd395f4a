/**
 * Takes a script's own part out of a flow's module: what only runs when the file is the program (`isMain(import.meta)`,
 * `import.meta.main`, `require.main === module`) is false in the sandbox, and what that decides is folded away. Host,
 * build time; changes the AST.
 */
import { type NodePath, types as t } from '@babel/core';
import { meaningOf, type ModuleLookup } from './meaning.js';
import type { UserModule } from './user-module.js';

/** Replaces `path` with what decides nothing any more; goes up as long as the outcome decides. */
const fold = (path: NodePath, value: boolean): void => {
  const { parentPath: parent } = path;
  const whole = (outcome: NodePath | null | undefined): void => {
    if (outcome?.node) parent?.replaceWith(outcome.node);
    else parent?.remove();
  };
  if (parent?.isUnaryExpression({ operator: '!' })) return fold(parent, !value);
  if (parent?.isLogicalExpression() && parent.node.operator !== '??') {
    const decides = (parent.node.operator === '&&') !== value;
    if (decides) return fold(parent, value);
    // `true && x` is x, wherever it stands; `x && true` in a test is x.
    return whole(path.key === 'left' ? parent.get('right') : parent.get('left'));
  }
  if (parent?.isIfStatement() || parent?.isConditionalExpression())
    return whole(parent.get(value ? 'consequent' : 'alternate') as NodePath);
  if (parent?.isExpressionStatement()) return whole(undefined);
  if (parent?.isVariableDeclarator() && t.isIdentifier(parent.node.id)) {
    const binding = parent.scope.getBinding(parent.node.id.name);
    if (binding?.constant) for (const reference of [...binding.referencePaths]) fold(reference, value);
  }
  path.replaceWith(t.booleanLiteral(value));
};

/** `require.main === module`, and a comparison of `import.meta` with `process.argv`, however it is put. */
const isMainModule = ({ node }: NodePath<t.BinaryExpression>): boolean => {
  if (node.operator !== '===' && node.operator !== '==') return false;
  const seen = { meta: false, argv: false };
  t.traverseFast(node, (each) => {
    seen.meta ||= t.isMetaProperty(each);
    seen.argv ||= t.isIdentifier(each, { name: 'argv' });
  });
  return (
    (seen.meta && seen.argv) ||
    (t.matchesPattern(node.left, 'require.main') && t.isIdentifier(node.right, { name: 'module' }))
  );
};

/** Folds every question whether this file is the program: in the sandbox it is not. */
export const foldMain = (module: UserModule, modules: ModuleLookup): void => {
  const questions: NodePath[] = [];
  module.program.traverse({
    CallExpression(path) {
      const meaning = meaningOf(module, path.get('callee'), modules);
      if (meaning?.kind === 'perdure' && meaning.name === 'isMain') questions.push(path);
    },
    BinaryExpression(path) {
      if (isMainModule(path)) questions.push(path);
    },
    MemberExpression(path) {
      const isMeta = t.isMetaProperty(path.node.object) && path.node.object.meta.name === 'import';
      if (isMeta && t.isIdentifier(path.node.property, { name: 'main' })) questions.push(path);
    },
  });
  // Outermost first: a question inside code that is already gone needs no answer.
  for (const question of questions)
    if (!question.removed && question.findParent((each) => each.removed) === null) fold(question, false);
};
