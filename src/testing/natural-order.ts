/** The order in which people count: `name-2` before `name-10`. HOST. The same in all locales. */
const collator = new Intl.Collator('en', { numeric: true });

export const naturalOrder = (a: string, b: string): number => collator.compare(a, b);
