/**
 * A worker for some files that is replaced when they change: the new one is made first, and the old one ends only when
 * the new one polls. HOST. Also takes over what nobody hosts any more.
 */
import type { ServerAddress } from '../../dev-server/index.js';
import {
  findUnfinished,
  hostRuns,
  type LocalExecutor,
  type LocalSession,
  openLocalSession,
} from '../../executors/index.js';
import { oneLine, printableOutput } from '../printable.js';
import { say } from '../standard-streams.js';

export interface SwappedWorkerOptions {
  files: readonly string[];
  executor: LocalExecutor;
  server: ServerAddress;
  taskQueue: string;
}

/** How often it looks for runs whose worker was killed. */
const lookEveryMs = 5_000;

export class SwappedWorker {
  session: LocalSession | undefined;
  readonly failed: Promise<never>;
  private fail!: (error: unknown) => void;
  private closing: Promise<void> = Promise.resolve();
  private readonly timer: NodeJS.Timeout;
  private readonly onCloses: (() => void)[] = [];
  private isLooking = false;

  constructor(private readonly options: SwappedWorkerOptions) {
    this.failed = new Promise((_, reject) => (this.fail = reject));
    this.failed.catch(() => undefined);
    this.timer = setInterval(() => void this.takeOver().catch(() => undefined), lookEveryMs);
    this.timer.unref();
  }

  get files(): readonly string[] {
    return this.options.files;
  }

  onClose(callback: () => void): void {
    this.onCloses.push(callback);
  }

  /** Makes the worker of the files as they are now. Rejects, and leaves the old one, when that cannot be done. */
  async load(): Promise<void> {
    const { files, executor, server, taskQueue } = this.options;
    const next = await openLocalSession({
      ...{ files, executor, server, keptQueue: taskQueue },
      onProgress: say,
      onTaskEvent: (event) => {
        if (event.kind === 'output') process.stderr.write(printableOutput(event.text));
      },
    });
    next.failed.catch((error: unknown) => {
      if (this.session === next) this.fail(error);
    });
    const before = this.session;
    this.session = next;
    await this.closing;
    this.closing = before?.close() ?? Promise.resolve();
    this.closing.catch(() => undefined);
    await this.takeOver();
  }

  /** Hosts the files' unfinished runs that were left behind on other queues. */
  private async takeOver(): Promise<void> {
    const { session } = this;
    if (session === undefined || this.isLooking) return;
    this.isLooking = true;
    try {
      const { free } = await findUnfinished(session, this.files);
      const left = free.filter(
        ({ taskQueue }) => taskQueue !== this.options.taskQueue && !this.taken.has(`${taskQueue}`),
      );
      await hostRuns(session, free);
      for (const { runId, taskQueue } of left) {
        this.taken.add(taskQueue);
        say(`Continuing the unfinished run ${oneLine(runId)}`);
      }
    } finally {
      this.isLooking = false;
    }
  }
  private readonly taken = new Set<string>();

  async close(): Promise<void> {
    clearInterval(this.timer);
    for (const callback of this.onCloses) callback();
    const { session } = this;
    this.session = undefined;
    await Promise.allSettled([this.closing, session?.close()]);
  }

  async kill(): Promise<void> {
    await this.session?.kill();
  }
}
