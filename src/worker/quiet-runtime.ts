/** The SDK's runtime as this package wants it, one for a process. HOST. */
import { DefaultLogger, type LogEntry, Runtime, makeTelemetryFilterString } from '@temporalio/worker';

let isInstalled = false;

/** The SDK's own log goes to stderr and says only what is wrong. Another program's Runtime is left as it is. */
export const quietRuntime = (): void => {
  if (isInstalled) return;
  isInstalled = true;
  try {
    Runtime.install({
      logger: new DefaultLogger('ERROR', logEntry),
      shutdownSignals: [],
      // Not forwarded, the core's log would go to stdout, which belongs to the run's result.
      telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }), forward: {} } },
    });
  } catch {
    // The user's program has installed one.
  }
};

/** The SDK ends its runtime when the last connection or worker is closed, also under a replay that is being set up. */
export const whileRuntimeLives = async <T>(work: () => Promise<T>): Promise<T> => {
  const runtime = Runtime.instance();
  try {
    return await runtime['createNativeNoBackRef'](work);
  } finally {
    await runtime['shutdownIfIdle']();
  }
};

const inFull = new DefaultLogger('ERROR');
const told = new Set<string>();

/** A run of a flow that is not here comes again with every try of the server, each time with the stack of the sandbox. */
const logEntry = ({ level, message, meta }: LogEntry): void => {
  const { error, taskQueue } = (meta ?? {}) as { error?: Error; taskQueue?: string };
  const [, name] = /^Failed to initialize workflow of type '(.*)': no such function/s.exec(error?.message ?? '') ?? [];
  if (name === undefined) return inFull.log(level, message, meta);
  if (told.has(name)) return;
  told.add(name);
  process.stderr.write(
    `This worker has no flow ${JSON.stringify(name)}, and a run of it is in its queue '${taskQueue ?? ''}': it waits for a worker that has it.\n`,
  );
};
