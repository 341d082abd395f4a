/**
 * What evaluating a part of a module does besides giving a value. Host, build time; reads the AST. The answer decides
 * whether a declaration stays for its own sake, so it errs towards staying where the user's own functions are called.
 */
import { type NodePath, types as t } from '@babel/core';
import type { Stripped } from './strip-module.js';
import { bare, requestOf, type UserModule } from './user-module.js';

/**
 * `registers`: makes a task or a flow. `own`: calls a function of the user's, which may do anything.
 * `foreign`: calls functions of packages and of the language only, such as `new Pool()`; wanted for the value. `none`: nothing.
 */
export type Effect = 'none' | 'foreign' | 'own' | 'registers';

interface EffectScope {
  readonly module: UserModule;
  readonly stripped: Stripped;
}

const rootName = (path: NodePath): string | undefined => {
  const at = bare(path);
  if (at.isIdentifier()) return at.node.name;
  if (at.isMemberExpression() || at.isOptionalMemberExpression()) return rootName(at.get('object') as NodePath);
  if (at.isCallExpression() || at.isOptionalCallExpression() || at.isNewExpression())
    return rootName(at.get('callee') as NodePath);
  if (at.isAwaitExpression()) return rootName(at.get('argument'));
  return undefined;
};

type Origin = 'user' | 'function' | 'variable' | 'package' | 'global';

const originOf = (name: string, at: NodePath, { module }: EffectScope): Origin => {
  const binding = at.scope.getBinding(name);
  if (!binding) return 'global';
  const { path } = binding;
  const from = path.parentPath?.isImportDeclaration()
    ? path.parentPath.node.source.value
    : requestOf(path.isVariableDeclarator() ? path.node.init : undefined);
  if (from !== undefined) return module.resolutions.get(from)?.kind === 'user' ? 'user' : 'package';
  if (path.isVariableDeclarator()) {
    const init = path.get('init') as NodePath;
    return init.node && (bare(init).isFunction() || bare(init).isClass()) ? 'function' : 'variable';
  }
  return 'function';
};

const effectOfCallee = (callee: NodePath, scope: EffectScope): Effect => {
  const name = rootName(callee);
  if (name === undefined) return bare(callee).isFunction() ? 'own' : 'foreign';
  const origin = originOf(name, callee, scope);
  return origin === 'user' || origin === 'function' ? 'own' : 'foreign';
};

const containsRegistration = (path: NodePath, { stripped }: EffectScope): boolean => {
  let found = false;
  t.traverseFast(path.node, (node) => {
    found ||= stripped.registrations.has(node);
  });
  return found;
};

/** What evaluating the expression `path` does. */
export const initialEffect = (path: NodePath, scope: EffectScope): Effect => {
  if (!path.node) return 'none';
  let effect: Effect = 'none';
  const meet = (met: Effect): void => {
    if (met === 'own' || effect === 'none') effect = met;
  };
  const visit = (at: NodePath): void => {
    if (at.isFunction()) return at.skip();
    if (at.isCallExpression() || at.isNewExpression() || at.isOptionalCallExpression())
      meet(effectOfCallee(at.get('callee') as NodePath, scope));
    else if (at.isTaggedTemplateExpression()) meet(effectOfCallee(at.get('tag'), scope));
    else if (at.isStaticBlock() || at.isAssignmentExpression() || at.isUpdateExpression()) meet('own');
    else if (at.isAwaitExpression()) meet('foreign');
  };
  visit(path);
  if (!path.isFunction()) path.traverse({ enter: visit });
  return effect !== 'none' && containsRegistration(path, scope) ? 'registers' : effect;
};

/**
 * The top-level name that a statement only serves, as `db.on('error', …)` serves `db`; `undefined` when the statement
 * means something by itself. What is done to a user's own import always does.
 */
export const ownerOfStatement = (statement: NodePath, scope: EffectScope): string | undefined => {
  if (!statement.isExpressionStatement() || containsRegistration(statement, scope)) return undefined;
  let target = bare(statement.get('expression'));
  if (target.isAwaitExpression()) target = bare(target.get('argument'));
  const isAssignment = target.isAssignmentExpression();
  if (target.isAssignmentExpression()) target = target.get('left');
  else if (!target.isCallExpression()) return undefined;
  const name = rootName(target);
  if (name === undefined || target.scope.getBinding(name)?.scope !== scope.module.program.scope) return undefined;
  const origin = originOf(name, target, scope);
  if (origin === 'package') return name;
  const isPlainCall = target.isCallExpression() && bare(target.get('callee')).isIdentifier();
  return origin !== 'user' && (isAssignment || !isPlainCall) ? name : undefined;
};
