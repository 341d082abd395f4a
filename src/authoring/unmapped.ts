/** `unmapped(x)`: an argument of `.map` that every child gets whole. Pure. */
import type { Arg } from './inputs.js';

export class Unmapped<T> {
  /** @internal Makes the type parameter count: what fits one item fits a wider one. */
  declare readonly valueType: T;

  constructor(readonly value: unknown) {}
}

/**
 * Passes `value` whole to every child of a map instead of one item to each. Prefect's `unmapped`.
 * @param value anything, also a future
 * @example scale.map(rows, unmapped([1, 2, 3]))
 */
export const unmapped = <T>(value: Arg<T>): Unmapped<T> => new Unmapped(value);
