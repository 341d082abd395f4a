/**
 * What bodies leave beside their results: lines of the log and artifacts. Host, inside a child. Nothing is opened, kept
 * or sent for a body that leaves none; what is left is stored within a second, and before the attempt is told to have
 * ended. Values of secrets are gone from it before it is kept.
 */
import { provideArtifactSink } from '../../authoring/artifact.js';
import { provideLogSink } from '../../authoring/logger.js';
import type { WrittenLine } from '../../core/log-line.js';
import {
  type ArtifactOwner,
  keptArtifact,
  type KeptArtifact,
  LogWriter,
  type ResultStore,
  writeArtifact,
} from '../../results/index.js';
import { redact, redactData } from '../../secrets/index.js';
import { ambient, type Ambient, flowAmbient } from './ambient.js';

const flushMs = 1_000;

export class Notes {
  private readonly log: LogWriter | undefined;
  /** The last of each task run and key. */
  private readonly artifacts = new Map<string, KeptArtifact>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;

  /** `open` gives nothing where there is no store: then lines go to stderr, and artifacts nowhere. */
  constructor(private readonly open: () => Promise<ResultStore> | undefined) {
    this.log = open === noStore ? undefined : new LogWriter(async () => (await open())!);
  }

  line(
    from: Ambient,
    line: Pick<WrittenLine, 'level' | 'message' | 'isPrint'> & { fields: WrittenLine['fields'] },
  ): void {
    const { runId, taskName, taskRunId, attempt, mapIndex } = from.current;
    const { level, fields, isPrint } = line;
    const message = redact(line.message);
    if (this.log === undefined) return void process.stderr.write(`${level} ${message}\n`);
    from.isNoted = true;
    this.log.write(runId, {
      ...{ at: Date.now(), level, message },
      ...(fields === undefined ? {} : { fields: redactData(fields) }),
      ...(taskName === undefined ? {} : { taskName }),
      ...(taskRunId === undefined ? {} : { taskRunId }),
      ...(attempt === undefined ? {} : { attempt }),
      ...(mapIndex === undefined ? {} : { mapIndex }),
      ...(isPrint ? { isPrint } : {}),
    });
  }

  artifact(from: Ambient, given: Parameters<typeof keptArtifact>[1]): void {
    const { runId, taskName = '', taskRunId = '', attempt = 1, mapIndex } = from.current;
    const startedAt = performance.timeOrigin + from.startedAtMs;
    const owner: ArtifactOwner = { runId, taskName, taskRunId, attempt, startedAt };
    if (mapIndex !== undefined) owner.mapIndex = mapIndex;
    const kept = keptArtifact(owner, given);
    if (this.log === undefined) return;
    from.isNoted = true;
    this.artifacts.set(`${runId}\n${taskRunId}\n${kept.key}`, { ...kept, text: redact(kept.text) });
    this.timer ??= setTimeout(() => void this.flush(), flushMs).unref();
  }

  get isBehind(): boolean {
    return this.artifacts.size > 0 || this.writing !== undefined || this.log?.isBehind === true;
  }

  /** Resolves when what was left so far is stored, or has been given up. Never rejects. */
  async flush(): Promise<void> {
    await Promise.all([this.log?.flush(), this.flushArtifacts()]);
  }

  private async flushArtifacts(): Promise<void> {
    // One after the other: of two writes of one key the later counts.
    while (this.writing !== undefined) await this.writing;
    if (this.artifacts.size === 0) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    const kept = [...this.artifacts.values()];
    this.artifacts.clear();
    this.writing = this.store(kept).finally(() => (this.writing = undefined));
    await this.writing;
  }

  private async store(kept: readonly KeptArtifact[]): Promise<void> {
    try {
      const store = await this.open();
      if (store !== undefined) await Promise.all(kept.map((one) => writeArtifact(store, one)));
    } catch (error) {
      console.error(`Artifacts are lost: ${(error as Error).message}`);
    }
  }
}

/** In place of a store's opening, where there is none. */
export const noStore = (): undefined => undefined;

/** Makes `logger` and `artifact` know what runs here. */
export const installNotes = (): void => {
  provideLogSink((level, message, fields) => {
    const from = ambient.getStore();
    const flow = from === undefined ? flowAmbient.getStore() : undefined;
    if (flow !== undefined)
      flow.log.write(flow.current.runId, {
        at: Date.now(),
        level,
        message,
        ...(fields === undefined ? {} : { fields }),
      });
    else if (from === undefined) process.stderr.write(`${level} ${redact(message)}\n`);
    else from.notes.line(from, { level, message, fields });
  });
  provideArtifactSink((key, content, description) => {
    const from = ambient.getStore();
    from?.notes.artifact(from, { key, content, description });
  });
};
