/**
 * Writes the log of runs as its lines come: gathered for a second, then one object of JSON lines. HOST, in whatever
 * process runs code of the run. Memory and sizes are bounded, what was dropped is said in the log itself, and a store
 * that fails costs lines and never a run.
 */
import { createHash, randomBytes } from 'node:crypto';
import { type LogLevel, severityOf, type WrittenLine } from '../core/log-line.js';
import { logsPrefix, nameFolder } from './place.js';
import type { ResultStore } from './store.js';

export interface LogWriterOptions {
  /** Between a line and its writing, at most. Default 1,000. */
  flushMs?: number;
  /** Lines that wait to be written, in characters of all runs together; more are dropped. Default 4 Mi. */
  maxWaiting?: number;
  /** Of one task in one run by this writer, in characters; further lines are dropped. Default 64 Mi. */
  maxOfTask?: number;
}

/** Characters of a line's message, and of its fields as JSON. */
const maxText = 16_384;
/** Of one object: more is written before its time. */
const segmentChars = 512 * 1024;

interface Gathered {
  lines: string[];
  chars: number;
  first: number;
  last: number;
  top: number;
  dropped: number;
}

const cut = (text: string): string =>
  text.length <= maxText ? text : `${text.slice(0, maxText)}… (${text.length} characters)`;

const fieldsOf = (fields: Record<string, unknown>): Record<string, unknown> => {
  try {
    const text = JSON.stringify(fields, (_, part: unknown) =>
      typeof part === 'bigint' ? String(part) : part instanceof Error ? `${part.name}: ${part.message}` : part,
    );
    return text.length <= maxText ? (JSON.parse(text) as Record<string, unknown>) : { tooLarge: text.length };
  } catch (error) {
    return { notJson: (error as Error).message };
  }
};

const textOf = ({ fields, message, ...line }: WrittenLine): string =>
  JSON.stringify({ ...line, message: cut(message), ...(fields === undefined ? {} : { fields: fieldsOf(fields) }) });

export class LogWriter {
  private readonly waiting = new Map<string, Gathered>();
  private readonly ofTask = new Map<string, number>();
  private waitingChars = 0;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;
  private hasComplained = false;
  private readonly id = randomBytes(4).toString('hex');
  private written = 0;

  constructor(
    private readonly open: () => Promise<ResultStore>,
    private readonly options: LogWriterOptions = {},
  ) {}

  /** Takes a line in; it is stored within a second, or by `flush`. */
  write(runId: string, line: WrittenLine): void {
    const text = textOf(line);
    const gathered = this.gatheredOf(runId, line.at);
    const { maxWaiting = 4 * 1024 * 1024, maxOfTask = 64 * 1024 * 1024, flushMs = 1_000 } = this.options;
    const task = `${runId}\n${line.taskName ?? ''}`;
    const before = this.ofTask.get(task) ?? 0;
    if (before > maxOfTask) return;
    this.ofTask.set(task, before + text.length);
    if (before + text.length > maxOfTask)
      this.add(gathered, this.note(line, 'its log is full: further lines are dropped'));
    else if (this.waitingChars + text.length > maxWaiting) gathered.dropped++;
    else this.add(gathered, { text, at: line.at, level: line.level });
    if (gathered.chars > segmentChars) void this.flush();
    else this.timer ??= setTimeout(() => void this.flush(), flushMs).unref();
  }

  private gatheredOf(runId: string, at: number): Gathered {
    let gathered = this.waiting.get(runId);
    if (gathered === undefined)
      this.waiting.set(runId, (gathered = { lines: [], chars: 0, first: at, last: at, top: 0, dropped: 0 }));
    return gathered;
  }

  private note({ at, taskName, taskRunId }: Partial<WrittenLine> & { at: number }, message: string) {
    const line: WrittenLine = { at, level: 'warn', message, ...(taskName ? { taskName } : {}) };
    if (taskRunId !== undefined) line.taskRunId = taskRunId;
    return { text: textOf(line), at, level: line.level };
  }

  private add(gathered: Gathered, { text, at, level }: { text: string; at: number; level: LogLevel }): void {
    gathered.lines.push(text);
    gathered.chars += text.length;
    this.waitingChars += text.length;
    gathered.last = Math.max(gathered.last, at);
    gathered.first = Math.min(gathered.first, at);
    gathered.top = Math.max(gathered.top, severityOf(level));
  }

  /** Whether there is anything that `flush` would wait for. */
  get isBehind(): boolean {
    return this.waiting.size > 0 || this.writing !== undefined;
  }

  /** Resolves when what was taken in so far is stored, or has been given up. Never rejects. */
  async flush(): Promise<void> {
    if (this.writing !== undefined) {
      await this.writing;
      if (this.waiting.size > 0) await this.flush();
      return;
    }
    if (this.waiting.size === 0) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    const taken = [...this.waiting];
    this.waiting.clear();
    this.writing = Promise.all(taken.map(([runId, gathered]) => this.store(runId, gathered))).then(() => {
      this.writing = undefined;
    });
    await this.writing;
  }

  /** Objects of one writer sort as they were written: lines of one millisecond stay in order. */
  private nextName(): string {
    return `${this.id}${(this.written++).toString(16).padStart(8, '0')}`;
  }

  private async store(runId: string, gathered: Gathered): Promise<void> {
    const { chars, dropped } = gathered;
    if (dropped > 0)
      this.add(gathered, this.note({ at: gathered.last }, `${dropped} lines were dropped: the store is too slow`));
    const bytes = Buffer.from(`${gathered.lines.join('\n')}\n`);
    const hash = createHash('sha256').update(bytes).digest('hex');
    const { first, last, top } = gathered;
    const key = `${logsPrefix(runId)}${first}-${last}-${top}-${this.nextName()}-${hash}`;
    try {
      const store = await this.open();
      await nameFolder(store, runId);
      await store.put(key, bytes);
    } catch (error) {
      if (!this.hasComplained) console.error(`Lines of the log of ${runId} are lost: ${(error as Error).message}`);
      this.hasComplained = true;
    } finally {
      this.waitingChars = Math.max(0, this.waitingChars - (dropped > 0 ? this.waitingChars : chars));
    }
  }
}
