/**
 * Ctrl-C and its like, as a command sees them: the first asks it to stop, the second ends it at once. HOST. A terminal
 * that is gone (SIGHUP) ends it at once too: there is nobody to wait with.
 */
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Signal = keyof typeof exitCodes;

/** How long the end at once may take. */
const endMs = 2_500;

export class Interrupts {
  private readonly controller = new AbortController();
  /** Status to exit with, once there was a signal. */
  exitCode: number | undefined;
  /** What must not be left behind when the process ends at once. */
  endAtOnce: () => Promise<unknown> = () => Promise.resolve();

  constructor() {
    for (const signal of Object.keys(exitCodes) as Signal[]) process.on(signal, () => this.receive(signal));
  }

  /** Aborted by the first one. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  private receive(signal: Signal): void {
    const isAgain = this.exitCode !== undefined;
    this.exitCode = exitCodes[signal];
    if (!isAgain && signal !== 'SIGHUP') return this.controller.abort();
    const tooLong = new Promise((resolve) => setTimeout(resolve, endMs));
    void Promise.race([this.endAtOnce().catch(() => undefined), tooLong]).then(() => process.exit(exitCodes[signal]));
  }
}
