import { hasColors, hasUnicode, terminalOf } from '../../src/cli/terminal.js';

test('lines are redrawn on a terminal only, not in CI, not on a dumb one', () => {
  const live = (isTTY: boolean, env: Record<string, string>): boolean => terminalOf({ isTTY }, env, 'linux').live;
  expect([live(true, {}), live(false, {}), live(true, { CI: 'true' }), live(true, { TERM: 'dumb' })]).toEqual([
    ...[true, false, false, false],
  ]);
});

test('colours are for terminals; NO_COLOR and FORCE_COLOR decide otherwise', () => {
  expect([hasColors(true, {}), hasColors(false, {})]).toEqual([true, false]);
  expect(hasColors(true, { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(false);
  expect(hasColors(false, { FORCE_COLOR: '1' })).toBe(true);
});

test('Unicode where the terminal has it', () => {
  expect([hasUnicode({}, 'linux'), hasUnicode({ TERM: 'linux' }, 'linux'), hasUnicode({ LANG: 'C' }, 'linux')]).toEqual(
    [...[true, false, false]],
  );
  expect([hasUnicode({}, 'win32'), hasUnicode({ WT_SESSION: 'x' }, 'win32')]).toEqual([false, true]);
});
