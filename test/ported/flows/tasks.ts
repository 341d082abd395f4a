// The tasks that Prefect's tests share, in our words.
import { SkipTask, task } from 'perdure';

export const add = task('add', (x: number, y: number = 1) => x + y);
export const div = task('div', (x: number) => {
  if (x === 0) throw new RangeError('division by zero');
  return 1 / x;
});
export const identity = task('identity', (x: unknown) => x);
export const pair = task('pair', (x: unknown, y: unknown) => [x, y]);
export const list = task('list', (start: number = 1) => [start, start + 1, start + 2]);
export const nest = task('nest', (x: unknown) => [x]);
export const upTo = task('up to', (n: number) => Array.from({ length: n }, (_, i) => i));
export const total = task('total', (numbers: number[]) => numbers.reduce((all, one) => all + one, 0));
export const success = task('success', () => 1);
export const fails = task('fails', (message: string = 'Fail task!'): number => {
  throw new RangeError(message);
});
export const skips = task('skips', (): number => {
  throw new SkipTask('not today');
});
export const appendFour = task('append four', (numbers: number[]) => [...numbers, 4]);
