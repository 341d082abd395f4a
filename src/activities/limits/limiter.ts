/**
 * Gives attempts their places under limits that hold over all runs and workers of a result store. Host; knows nothing of
 * Temporal, and any runtime may use it. Of many that wait here only so many may stay: the youngest are given back.
 */
import { randomBytes } from 'node:crypto';
import type { LimitRule } from '../../core/task-guards.js';
import { keySegment, type ResultStore } from '../../results/index.js';
import { LimitLine, type Waiter } from './limit-line.js';

export const limitsPrefix = 'limits/';

export interface LimitKey {
  rule: LimitRule;
  key: string;
}

export interface AcquireOptions {
  /** Since when the attempt waits (epoch ms): its place in line. */
  sinceMs: number;
  signal?: AbortSignal | undefined;
  /** It may be sent away with `ComeBackLater` when too many wait. */
  mayReturn: boolean;
}

/** The rejection of one that is to free its place in the worker, and to come again with the time it waits since. */
export class ComeBackLater extends Error {
  constructor(
    readonly limitName: string,
    readonly sinceMs: number,
  ) {
    super(`waits for the limit '${limitName}'`);
    this.name = 'ComeBackLater';
  }
}

export interface LimiterOptions {
  store: () => Promise<ResultStore>;
  /** How many that may return wait here at once. Default 100. */
  mostWaiting?: number;
}

interface InLine extends Waiter {
  giveBack(): void;
}

export class Limiter {
  private readonly host = randomBytes(9).toString('base64url');
  private readonly lines = new Map<string, LimitLine>();
  private readonly returnable = new Set<InLine>();

  constructor(private readonly options: LimiterOptions) {}

  /** One place of each limit; gives the function that gives them back. @throws the signal's reason, ComeBackLater, ResultStoreError */
  async acquire(limits: readonly LimitKey[], options: AcquireOptions): Promise<() => void> {
    const store = await this.options.store();
    const taken: LimitLine[] = [];
    const release = (): void => {
      for (const line of taken.splice(0)) line.release();
    };
    try {
      // In one order everywhere: two that wait for each other's limits would wait for ever.
      for (const limit of [...limits].sort(inOrder)) {
        const line = this.lineOf(store, limit);
        await this.stand(line, limit.rule.name, options);
        taken.push(line);
      }
      return release;
    } catch (error) {
      release();
      throw error;
    }
  }

  private lineOf(store: ResultStore, { rule, key }: LimitKey): LimitLine {
    const at = `${limitsPrefix}${keySegment(rule.name)}/${keySegment(key)}/state`;
    let line = this.lines.get(at);
    if (line === undefined) {
      line = new LimitLine(store, { key: at, host: this.host, onIdle: () => this.lines.delete(at) }, rule);
      this.lines.set(at, line);
    }
    line.rule = rule;
    return line;
  }

  private stand(line: LimitLine, name: string, { sinceMs, signal, mayReturn }: AcquireOptions): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      let isOver = false;
      const end = (act: () => void): void => {
        if (isOver) return;
        isOver = true;
        this.returnable.delete(waiter);
        signal?.removeEventListener('abort', onAbort);
        act();
      };
      const onAbort = (): void => {
        // One whose start is set for a moment from now has its place: it is given back when that has come.
        const stays = !line.leave(waiter);
        end(() => reject(signal?.reason as Error));
        isGivenBack = stays;
      };
      let isGivenBack = false;
      const waiter: InLine = {
        sinceMs,
        admit: () => (isGivenBack ? line.release() : end(resolve)),
        refuse: (error) => end(() => reject(error)),
        giveBack: () => {
          if (line.leave(waiter)) end(() => reject(new ComeBackLater(name, sinceMs)));
        },
      };
      if (signal?.aborted) return reject(signal.reason);
      signal?.addEventListener('abort', onAbort, { once: true });
      if (mayReturn) this.returnable.add(waiter);
      line.join(waiter);
      if (this.returnable.size > (this.options.mostWaiting ?? 100)) this.sendAway();
    });
  }

  /** The one that came last: those before it would only have to stand behind it again. */
  private sendAway(): void {
    let last: InLine | undefined;
    for (const waiter of this.returnable) if (last === undefined || waiter.sinceMs >= last.sinceMs) last = waiter;
    last?.giveBack();
  }
}

const inOrder = (a: LimitKey, b: LimitKey): number =>
  a.rule.name < b.rule.name ? -1 : a.rule.name > b.rule.name ? 1 : a.key < b.key ? -1 : 1;
