/**
 * The parts of a module that stay or go as one: an imported name, a declaration, an exported name, a statement. These
 * are the words that `top-level-items` (reads them), `reach` (chooses) and `emit-module` (prints them) share.
 */
import type { NodePath } from '@babel/core';
import type { Place } from './bundle-error.js';

/** A use of a top-level name. */
export interface Reference {
  readonly name: string;
  /** Set when only this member of the name is read, as in `name.member`. */
  readonly member?: string;
  readonly line: number;
  /** The option of a task or flow the use stands in, for messages: ``the option `when` of task 'load'``. */
  readonly option?: string;
}

/** An edge to another module. */
export interface ModuleEdge {
  readonly request: string;
  /** Exported names wanted of it; `'*'` is all. Empty: it is only evaluated. */
  readonly names: readonly string[];
  readonly place: Place;
}

/** Something that cannot be in the sandbox, found in the item's own text. */
export interface Finding {
  readonly kind: 'global' | 'import-meta' | 'await' | 'computed-import';
  readonly name: string;
  readonly place: Place;
}

export interface Item {
  readonly kind: 'import' | 'declaration' | 'export' | 'statement';
  /** What is printed or left out. */
  readonly path: NodePath;
  readonly place: Place;
  /** Top-level names it declares. */
  readonly binds: readonly string[];
  /** Names it exports; `'*'` for `export * from`. */
  readonly exports: readonly string[];
  /** Where an import or a re-export leads. */
  readonly edge?: ModuleEdge;
  /** An import of a whole module: what is wanted of it follows from the uses of its name. */
  readonly isNamespace: boolean;
  /** Stays whatever else does: it has an effect, or makes a task or flow. */
  readonly isRoot: boolean;
  /** Stays exactly when the item that declares this name does: `db.on('error', …)` without `db` means nothing. */
  readonly belongsTo?: string;
  readonly references: readonly Reference[];
  /** `require` and `import()` calls in its text. */
  readonly edges: readonly ModuleEdge[];
  readonly findings: readonly Finding[];
}
