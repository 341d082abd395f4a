/** Lint rule: a file opens with a block comment that says what it is (STYLE: comments). A `#!` line may come first. */
export const openingComment = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { missing: 'A file opens with a /** comment */: its concept, its realm, what it must not do.' },
  },
  create: (context) => ({
    Program(node) {
      const first = context.sourceCode.getAllComments().find((comment) => comment.type !== 'Shebang');
      const token = context.sourceCode.getFirstToken(node);
      const isFirst = first && first.type === 'Block' && (!token || first.range[0] < token.range[0]);
      if (!isFirst) context.report({ loc: { line: 1, column: 0 }, messageId: 'missing' });
    },
  }),
};
