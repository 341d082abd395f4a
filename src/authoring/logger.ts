/**
 * `logger`: writes lines that are kept with the run. Pure; each realm installs a sink that knows whose code is running
 * (the child process for task bodies, the sandbox for flows). Nothing is made before a line is written.
 */
import type { LogLevel } from '../core/log-line.js';

type Write = (message: string, fields?: Record<string, unknown>) => void;

export interface Logger {
  debug: Write;
  info: Write;
  warn: Write;
  error: Write;
}

export type LogSink = (level: LogLevel, message: string, fields: Record<string, unknown> | undefined) => void;

// One sink a realm, even when two copies of this package are loaded into it.
const slot = Symbol.for('perdure.log-sink');
const holder = globalThis as { [slot]?: LogSink };

export const provideLogSink = (sink: LogSink): void => {
  holder[slot] = sink;
};

/** Whoever installs one only where there is none yet. */
export const provideLogSinkIfNone = (sink: LogSink): void => {
  holder[slot] ??= sink;
};

const write =
  (level: LogLevel): Write =>
  (message, fields) =>
    holder[slot]?.(level, String(message), fields);

/**
 * Logs a line with the task or flow that calls it: stored with the run, read by `perdure logs`, `handle.logs()`. In flow
 * code a line is not written again on replay. Outside of a run, as in a test of `task.fn`, it goes to stderr. Never
 * throws, and a store that fails costs lines, not the run. Prefect's `get_run_logger()`.
 * @example logger.info('fetched', { rows: rows.length });
 */
export const logger: Logger = {
  debug: write('debug'),
  info: write('info'),
  warn: write('warn'),
  error: write('error'),
};
