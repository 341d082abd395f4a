/**
 * Lengths of time as users write them. Pure. The accepted forms are those of Temporal's own `Duration`
 * (the `ms` package), so a value may be handed to the SDK unchanged.
 */
import { AuthoringError } from './errors.js';

/** Milliseconds, or text such as `'500 ms'`, `'5s'`, `'10 minutes'`, `'1.5 hours'`, `'2 days'`. */
export type Duration = number | string;

const unitMs: Readonly<Record<string, number>> = Object.fromEntries(
  (
    [
      [1, 'ms msec msecs millisecond milliseconds'],
      [1_000, 's sec secs second seconds'],
      [60_000, 'm min mins minute minutes'],
      [3_600_000, 'h hr hrs hour hours'],
      [86_400_000, 'd day days'],
      [604_800_000, 'w week weeks'],
    ] as const
  ).flatMap(([ms, words]) => words.split(' ').map((word) => [word, ms])),
);

/** The duration in milliseconds, or `undefined` when `value` is not one (negative and infinite values are not). */
export const parseDuration = (value: unknown): number | undefined => {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(value);
  const unit = match && unitMs[(match[2] || 'ms').toLowerCase()];
  return match && unit ? Number(match[1]) * unit : undefined;
};

/** The duration in milliseconds; an `AuthoringError` naming `option` when it is not one. */
export const durationMs = (value: unknown, option: string): number => {
  const ms = parseDuration(value);
  if (ms === undefined)
    throw new AuthoringError(
      'BAD_OPTION',
      `Expected \`${option}\` to be a duration, such as 500 (milliseconds) or '10 seconds', got \`${String(value)}\` (${typeof value})`,
      { details: { option, expected: 'duration', received: String(value) } },
    );
  return ms;
};

/** A length of time for people: `850 ms`, `4.2 s`, `3 min 05 s`, `2 h 04 min`. */
export const formatDuration = (ms: number): string => {
  if (Math.round(ms) < 1_000) return `${Math.round(ms)} ms`;
  // Rounded before the unit is chosen: 59.97 s is a minute, not 60.0 s.
  const tenths = Math.round(ms / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  const two = (n: number): string => String(n).padStart(2, '0');
  return minutes < 60
    ? `${minutes} min ${two(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
};
