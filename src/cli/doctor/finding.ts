/** One thing that was looked at, and how it is told. HOST, pure. */
import { oneLine, padded } from '../printable.js';
import type { Style } from '../terminal.js';

export interface Finding {
  /** `fail`: flows cannot run until it is mended. `warn`: they can, but something is not as it should be. */
  level: 'ok' | 'warn' | 'fail';
  subject: string;
  found: string;
  /** What to do, in a whole sentence. */
  remedy?: string;
}

export const ok = (subject: string, found: string): Finding => ({ level: 'ok', subject, found });
export const warn = (subject: string, found: string, remedy?: string): Finding => ({
  ...{ level: 'warn', subject, found },
  ...(remedy === undefined ? {} : { remedy }),
});
export const fail = (subject: string, found: string, remedy: string): Finding => ({
  ...{ level: 'fail', subject, found, remedy },
});

const marks = { ok: ['✔', 'ok'], warn: ['!', '! '], fail: ['✖', 'x '] } as const;

export const findingLines = (findings: readonly Finding[], { colors, unicode }: Style): string[] => {
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  const tint = { ok: colors.green, warn: colors.yellow, fail: colors.red };
  const lines = findings.flatMap(({ level, subject, found, remedy }) => {
    const mark = tint[level](marks[level][unicode ? 0 : 1]);
    const indent = ' '.repeat((unicode ? 1 : 2) + width + 4);
    return [
      ` ${mark} ${padded(subject, width)}  ${oneLine(found)}`,
      ...(remedy === undefined ? [] : [`${indent}${colors.bold(oneLine(remedy))}`]),
    ];
  });
  const count = (level: Finding['level']): number => findings.filter((one) => one.level === level).length;
  const [broken, warned] = [count('fail'), count('warn')];
  const verdict =
    broken > 0
      ? colors.red(`${broken} thing${broken === 1 ? ' is' : 's are'} broken.`)
      : warned > 0
        ? colors.yellow(`Flows can run; ${warned} thing${warned === 1 ? '' : 's'} to look at.`)
        : colors.green('All is well.');
  return [...lines, '', verdict];
};
