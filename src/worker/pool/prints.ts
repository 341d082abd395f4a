/**
 * `logPrints: true`: what a body prints by `console` becomes lines of its log. Host, inside a child. `console` is left as
 * it is until the first such task runs; what other code prints goes where it went.
 */
import { formatWithOptions } from 'node:util';
import { findTask } from '../../authoring/definition.js';
import type { LogLevel } from '../../core/log-line.js';
import { ambient } from './ambient.js';

const levels = { debug: 'debug', log: 'info', info: 'info', warn: 'warn', error: 'error' } as const satisfies Record<
  string,
  LogLevel
>;

let isCapturing = false;

/* eslint-disable no-console -- it is what is captured */
export const capturePrints = (): void => {
  if (isCapturing) return;
  isCapturing = true;
  for (const [method, level] of Object.entries(levels) as [keyof typeof levels, LogLevel][]) {
    const print = console[method].bind(console);
    console[method] = (...args: unknown[]) => {
      const from = ambient.getStore();
      if (from === undefined || !findTask(from.current.taskName ?? '')?.options.logPrints) return print(...args);
      from.notes.line(from, {
        level,
        message: formatWithOptions({ colors: false }, ...args),
        fields: undefined,
        isPrint: true,
      });
    };
  }
};
