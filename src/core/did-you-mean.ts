/** The word that was probably meant. Pure. */

/** Edits (insert, delete, replace, swap of neighbours) that lead from `a` to `b`. */
const distance = (a: string, b: string): number => {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => {
    const row = new Array<number>(b.length + 1).fill(0);
    row[0] = i;
    return row;
  });
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Infinity;
  for (let j = 0; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      rows[i]![j] = Math.min(
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        at(i - 1, j - 1) + (isSame ? 0 : 1),
        isSwap ? at(i - 2, j - 2) + 1 : Infinity,
      );
    }
  return at(a.length, b.length);
};

/** The nearest of `known`, if one is near enough to be meant; case and word separators do not count. */
export const nearest = (word: string, known: readonly string[]): string | undefined => {
  const plain = (text: string): string =>
    text
      .toLowerCase()
      .replace(/[\s_-]+/g, '')
      .slice(0, 100);
  const wanted = plain(word);
  const ranked = known
    .map((one) => ({ one, edits: wanted !== '' && plain(one).startsWith(wanted) ? 0.5 : distance(wanted, plain(one)) }))
    .sort((a, b) => a.edits - b.edits);
  const [best] = ranked;
  return best !== undefined && best.edits <= Math.max(1, Math.floor(wanted.length / 3)) ? best.one : undefined;
};

/** ` Did you mean 'x'?`, or nothing: to be put after a sentence. */
export const didYouMean = (word: string, known: readonly string[]): string => {
  const best = nearest(word, known);
  return best === undefined ? '' : ` Did you mean '${best}'?`;
};
