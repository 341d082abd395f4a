/**
 * Removing a value from a function's text, and then what the function kept for that value alone: local variables that
 * nothing reads now, and parameters, which callers need not pass any more. Host, build time; changes the AST. Top-level
 * declarations are not touched here: `reach` decides about those.
 */
import { type NodePath, types as t } from '@babel/core';

interface Local {
  readonly owner: NodePath;
  readonly name: string;
}

export interface Removal {
  /** Removes `path`, or puts `replacement` in its place. */
  remove(path: NodePath, replacement?: t.Node): void;
  /** Takes out local variables that only removed values used; gives, by function, the parameters that only they used. */
  settle(program: NodePath<t.Program>): Map<t.Node, Set<number>>;
}

const parameterIndex = (owner: NodePath, name: string): number =>
  owner.isFunction()
    ? owner.node.params.findIndex(
        (each) =>
          t.isIdentifier(each, { name }) || (t.isAssignmentPattern(each) && t.isIdentifier(each.left, { name })),
      )
    : -1;

const localsIn = (path: NodePath): Local[] => {
  const locals: Local[] = [];
  const visit = (identifier: NodePath<t.Identifier>): void => {
    const binding = identifier.scope.getBinding(identifier.node.name);
    const owner = binding?.scope.path;
    if (!binding || !owner || owner.isProgram() || owner === path || owner.isDescendant(path)) return;
    locals.push({ owner, name: identifier.node.name });
  };
  if (path.isIdentifier()) visit(path);
  path.traverse({ Identifier: visit });
  return locals;
};

/** Removes the declaration of a local variable or function that nothing reads; gives what its initialiser used. */
const removeUnread = ({ owner, name }: Local): Local[] => {
  const binding = owner.scope.getOwnBinding(name);
  if (!binding || binding.referenced || binding.constantViolations.length > 0) return [];
  const declaration = binding.path;
  const isPlain =
    declaration.isFunctionDeclaration() || (declaration.isVariableDeclarator() && t.isIdentifier(declaration.node.id));
  if (!isPlain || declaration.removed) return [];
  const used = localsIn(declaration);
  declaration.remove();
  return used;
};

export const createRemoval = (): Removal => {
  const locals: Local[] = [];
  return {
    remove(path, replacement) {
      locals.push(...localsIn(path));
      if (replacement) path.replaceWith(replacement);
      else path.remove();
    },
    settle(program) {
      const dropped = new Map<t.Node, Set<number>>();
      program.scope.crawl();
      for (let queue = locals.splice(0); queue.length > 0;) {
        const next: Local[] = [];
        for (const local of queue) {
          local.owner.scope.crawl();
          const binding = local.owner.scope.getOwnBinding(local.name);
          const index = parameterIndex(local.owner, local.name);
          if (binding && !binding.referenced && index >= 0)
            dropped.set(local.owner.node, (dropped.get(local.owner.node) ?? new Set()).add(index));
          else next.push(...removeUnread(local));
        }
        queue = next;
      }
      return dropped;
    },
  };
};
