/**
 * Text of a user's file → Babel AST. Host, build time. The extension decides the syntax; nothing of the user's own
 * Babel configuration is read. A file that does not parse is a `BundleError`, never an exception of the parser's.
 */
import { extname } from 'node:path';
import { type NodePath, type ParserOptions, parseSync, traverse, type types as t } from '@babel/core';
import { BundleError } from '../core/errors.js';

/** What a file may be called to be read as the user's code. */
export const codeExtensions = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'];

type ParserPlugin = NonNullable<ParserOptions['plugins']>[number];

const pluginsOf = (file: string): ParserPlugin[] => {
  const extension = extname(file);
  const isTypeScript = /^\.[mc]?tsx?$/.test(extension);
  return [
    // Both forms of decorator syntax parse with this one; a decorated class is left to swc.
    'decorators-legacy',
    'decoratorAutoAccessors',
    'explicitResourceManagement',
    ...(isTypeScript ? (['typescript'] as const) : []),
    ...(extension === '.tsx' || !isTypeScript ? (['jsx'] as const) : []),
  ];
};

interface ParserFailure {
  message: string;
  loc?: { line: number; column: number };
}

export interface Parsed {
  readonly ast: t.File;
  readonly program: NodePath<t.Program>;
}

const parse = (file: string, code: string): Parsed => {
  const isCommonJs = /\.c[jt]s$/.test(file);
  const ast = parseSync(code, {
    filename: file,
    configFile: false,
    babelrc: false,
    browserslistConfigFile: false,
    sourceType: isCommonJs ? 'unambiguous' : 'module',
    parserOpts: {
      plugins: pluginsOf(file),
      allowReturnOutsideFunction: isCommonJs,
      allowAwaitOutsideFunction: true,
    },
  });
  if (!ast) throw new SyntaxError('there is nothing in it');
  let program: NodePath<t.Program> | undefined;
  // Builds the scopes too, which finds what the parser does not: a name declared twice.
  traverse(ast, {
    Program(path) {
      program = path;
      path.stop();
    },
  });
  // `traverse` of a File always meets its Program.
  return { ast, program: program as NodePath<t.Program> };
};

/** The AST of `code` and its root; a `BundleError` SYNTAX_ERROR with the position when it has none. */
export const parseModule = ({ file, name, code }: { file: string; name: string; code: string }): Parsed => {
  try {
    return parse(file, code);
  } catch (cause) {
    const { message, loc } = cause as ParserFailure;
    // Babel appends the path, the position and a picture of the code: the first two are said here, once.
    const reason = (message.split('\n')[0] ?? message).replace(`${file}: `, '').replace(/\s*\(\d+:\d+\)$/, '');
    throw new BundleError('SYNTAX_ERROR', `${name}:${loc?.line ?? 1} cannot be parsed: ${reason}`, {
      cause,
      details: { file, line: loc?.line ?? 1, column: (loc?.column ?? 0) + 1 },
    });
  }
};
