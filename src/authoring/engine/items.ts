/** The items of an iterable that a map was given, all at once: a map's width is fixed before its first child starts. Pure. */
import { AuthoringError } from '../../core/errors.js';

/** Above this, an iterable that is not an array is taken for endless. */
const longestIterable = 1_000_000;

/** @throws AuthoringError NOTHING_TO_MAP where it seems to have no end; `name` is the mapped task's. */
export const itemsOf = (iterable: Iterable<unknown>, name: string): unknown[] => {
  const items: unknown[] = [];
  for (const item of iterable) {
    if (items.length >= longestIterable)
      throw new AuthoringError(
        'NOTHING_TO_MAP',
        `${name}.map(…) was given an iterable of more than ${longestIterable.toLocaleString('en')} items, which may have no end.`,
        { details: { taskName: name } },
      );
    items.push(item);
  }
  return items;
};
