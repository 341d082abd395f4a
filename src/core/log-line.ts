/**
 * A line that a task or flow logged, as it is stored and read. Pure data. Lines lie in the result store and never in a
 * history; what is declared here stays readable.
 */
import { AuthoringError } from './errors.js';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Where `level` stands: 0 (debug) to 3 (error). */
export const severityOf = (level: LogLevel): number => logLevels.indexOf(level);

export interface LogLine {
  /** Names the line within its run; `after` of a later reading. */
  id: string;
  at: Date;
  level: LogLevel;
  message: string;
  /** What the call gave beside its text. */
  fields?: Record<string, unknown>;
  /** Absent on a line of flow code. */
  taskName?: string;
  taskRunId?: string;
  attempt?: number;
  mapIndex?: number;
  /** It was printed (`logPrints: true`), not logged. */
  isPrint?: boolean;
}

/** Which lines to read. */
export interface LogOptions {
  /** Lines to leave out at the start, of those that match. Default 0. */
  from?: number;
  /** Only what comes after the line with this `id`. */
  after?: string;
  /** Lines at most. Default all. */
  limit?: number;
  /** Only of this task: its name, or the id of a task run. */
  task?: string;
  /** Of at least this level. Default `'debug'`, which is all. */
  level?: LogLevel;
  /** Goes on until the run has ended, as lines come. Default false. */
  follow?: boolean;
}

/** @throws AuthoringError BAD_OPTION */
export const checkedLogOptions = (options: LogOptions): LogOptions => {
  if (options.level === undefined || logLevels.includes(options.level)) return options;
  const [expected, received] = [logLevels.join(', '), String(options.level)];
  throw new AuthoringError('BAD_OPTION', `logs(): expected \`level\` to be one of ${expected}, got \`${received}\``, {
    details: { option: 'level', expected, received },
  });
};

/** As a line is written: its id comes from where it lies. */
export interface WrittenLine extends Omit<LogLine, 'id' | 'at'> {
  at: number;
}
