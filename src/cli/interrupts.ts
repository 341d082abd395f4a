/**
 * Ctrl-C and its like, as a command sees them: the first asks it to stop, the second ends it at once. HOST. A terminal
 * that is gone (SIGHUP) ends it at once too: there is nobody to wait with.
 */
import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type Signal = (typeof signals)[number];

/** How long the end at once may take. */
const endMs = 2_500;

export class Interrupts {
  private readonly controller = new AbortController();
  /** Status to exit with, once there was a signal. */
  exitCode: number | undefined;
  /** What must not be left behind when the process ends at once. */
  endAtOnce: () => Promise<unknown> = () => Promise.resolve();

  constructor() {
    for (const signal of signals) process.on(signal, () => this.receive(signal));
  }

  /** Aborted by the first one. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  private receive(signal: Signal): void {
    const isAgain = this.exitCode !== undefined;
    const exitCode = (this.exitCode = 128 + constants.signals[signal]);
    if (!isAgain && signal !== 'SIGHUP') return this.controller.abort();
    const tooLong = new Promise((resolve) => setTimeout(resolve, endMs));
    void Promise.race([this.endAtOnce().catch(() => undefined), tooLong]).then(() => process.exit(exitCode));
  }
}
