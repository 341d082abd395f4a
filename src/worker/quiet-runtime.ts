/** The SDK's runtime as this package wants it, one for a process. HOST. */
import { DefaultLogger, Runtime, makeTelemetryFilterString } from '@temporalio/worker';

let isInstalled = false;

/** The SDK's own log goes to stderr and says only what is wrong. Another program's Runtime is left as it is. */
export const quietRuntime = (): void => {
  if (isInstalled) return;
  isInstalled = true;
  try {
    Runtime.install({
      logger: new DefaultLogger('ERROR'),
      shutdownSignals: [],
      // Not forwarded, the core's log would go to stdout, which belongs to the run's result.
      telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }), forward: {} } },
    });
  } catch {
    // The user's program has installed one.
  }
};
