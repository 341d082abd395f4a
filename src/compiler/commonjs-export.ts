/**
 * Recognises how a CommonJS module exports one name. Host, build time; reads the AST.
 */
import { type NodePath, types as t } from '@babel/core';
import { keyName } from './meaning.js';

/** `exports.name = value` → `name`. */
export const commonJsExport = (path: NodePath): string | undefined => {
  if (!path.isExpressionStatement()) return undefined;
  const { expression } = path.node;
  if (!t.isAssignmentExpression(expression, { operator: '=' }) || !t.isMemberExpression(expression.left))
    return undefined;
  const { object, property, computed } = expression.left;
  const isExports =
    t.isIdentifier(object, { name: 'exports' }) ||
    (t.isMemberExpression(object) &&
      t.isIdentifier(object.object, { name: 'module' }) &&
      t.isIdentifier(object.property, { name: 'exports' }));
  return isExports && !computed ? keyName(property) : undefined;
};
