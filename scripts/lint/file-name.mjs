/** Lint rule: a file is named, in kebab-case, after the one thing in it; names that fit anything are refused (STYLE: layout). */
import { basename } from 'node:path';

const namesOfAnything = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'shared', 'misc', 'lib']);

export const fileName = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: {
      anything: '`{{word}}` says nothing. Name the file, or its folder, after what is in it.',
      kebab: '`{{name}}` is not kebab-case.',
    },
  },
  create: (context) => ({
    Program() {
      const path = context.filename.split(/[\\/]src[\\/]/).at(-1) ?? '';
      const name = basename(path).replace(/\.[cm]?ts$/, '');
      const loc = { line: 1, column: 0 };
      if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) context.report({ loc, messageId: 'kebab', data: { name } });
      for (const word of path.replace(/\.[cm]?ts$/, '').split(/[\\/]/))
        if (namesOfAnything.has(word)) context.report({ loc, messageId: 'anything', data: { word } });
    },
  }),
};
