/** A line of a run's log as a line of the terminal. HOST, pure. */
import type { LogLine } from '../core/log-line.js';
import { oneLine, printable } from './printable.js';
import type { Colors } from './terminal.js';

const tint = ({ level }: LogLine, colors: Colors): ((text: string) => string) =>
  level === 'error' ? colors.red : level === 'warn' ? colors.yellow : level === 'debug' ? colors.dim : (text) => text;

const two = (value: number): string => String(value).padStart(2, '0');
const timeOf = (at: Date): string =>
  `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`;

const fieldsOf = ({ fields }: LogLine): string =>
  fields === undefined || Object.keys(fields).length === 0 ? '' : ` ${oneLine(JSON.stringify(fields))}`;

/** `12:30:01.250 warn  fetch-0[3] attempt 2: text {"rows":3}`; further lines of the text are set in. */
export const logWords = (line: LogLine, colors: Colors): string => {
  const { at, level, taskRunId, attempt = 1, message } = line;
  const who = taskRunId === undefined ? 'flow' : oneLine(taskRunId) + (attempt > 1 ? ` attempt ${attempt}` : '');
  const text = printable(message).trimEnd().replaceAll('\n', '\n    ');
  return `${colors.dim(timeOf(at))} ${tint(line, colors)(level.padEnd(5))} ${colors.dim(`${who}:`)} ${text}${colors.dim(fieldsOf(line))}`;
};
