/**
 * What is seen of runs while they go on: redrawn on a terminal, plain lines elsewhere, nothing when asked to be quiet.
 * HOST. Writes to stderr only; whatever else is written meanwhile appears above what is redrawn.
 */
import { writeSync } from 'node:fs';
import type { RunView } from '../../core/run-view/run-view.js';
import { oneLine, printableOutput, shorten } from '../printable.js';
import { say } from '../standard-streams.js';
import type { Terminal } from '../terminal.js';
import { drawRun, headLine, separatorOf } from './draw-run.js';
import { PlainLines } from './plain-lines.js';
import { askedLines } from './view-words.js';

export interface Display {
  /** What is being done before a run is there. */
  status(words: string): void;
  show(views: readonly RunView[]): void;
  /** What a task's body printed. */
  output(text: string): void;
  /** Takes down what is redrawn, and gives stderr back. May be called twice. */
  close(): void;
}

const redrawEveryMs = 100;
/** What is done this quickly needs no word. */
const patienceMs = 300;

/** A process that ends in the middle of a drawing gives the cursor back; what is queued then is not written any more. */
const showCursor = (): void => {
  try {
    writeSync(process.stderr.fd, '\u001b[?25h');
  } catch {
    // The terminal is gone, and its cursor with it.
  }
};

/** A stream's `write` that hands each text on. */
const writeBy =
  (take: (text: string) => void): typeof process.stderr.write =>
  (chunk: string | Uint8Array, ...rest: unknown[]) => {
    take(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
    const done = rest.find((one) => typeof one === 'function') as (() => void) | undefined;
    if (done) process.nextTick(done);
    return true;
  };

const liveDisplay = async (terminal: Terminal): Promise<Display> => {
  const { createLogUpdate } = await import('log-update');
  const real = process.stderr.write.bind(process.stderr);
  const write = (text: string): boolean => real(text);
  const stream = new Proxy(process.stderr, {
    get: (target, key) => (key === 'write' ? write : (Reflect.get(target, key, target) as unknown)),
  });
  const update = createLogUpdate(stream);
  const startedAt = Date.now();
  let views: readonly RunView[] = [];
  let words = '';
  let tick = 0;
  let unfinishedLine = '';

  const draw = (): void => {
    tick++;
    const style = terminal.style();
    const moment = { now: new Date(), tick };
    const lines = views.flatMap((view) =>
      drawRun(view, moment, { ...style, rows: Math.floor(style.rows / views.length) }),
    );
    if (views.length === 0 && words !== '' && moment.now.getTime() - startedAt > patienceMs)
      lines.push(style.colors.dim(shorten(`${oneLine(words)}`, style.width - 1)));
    if (lines.length > 0) update(lines.join('\n'));
  };
  const above = (text: string): void => {
    const whole = unfinishedLine + text;
    const at = whole.lastIndexOf('\n') + 1;
    unfinishedLine = whole.slice(at);
    if (at === 0) return;
    update.clear();
    write(whole.slice(0, at));
    draw();
  };
  process.stderr.write = writeBy(above);
  process.once('exit', showCursor);
  const timer = setInterval(draw, redrawEveryMs);
  timer.unref();
  let isOpen = true;
  return {
    status: (now) => void (words = now),
    show(now) {
      views = now;
      draw();
    },
    output: (text) => above(printableOutput(text)),
    close() {
      if (!isOpen) return;
      isOpen = false;
      clearInterval(timer);
      update.clear();
      update.done();
      process.stderr.write = real;
      process.off('exit', showCursor);
      if (unfinishedLine !== '') write(`${unfinishedLine}\n`);
    },
  };
};

const plainDisplay = (terminal: Terminal): Display => {
  const known = new Map<string, PlainLines>();
  return {
    status: (words) => say(oneLine(words)),
    show(views) {
      const now = new Date();
      for (const view of views) {
        let lines = known.get(view.runId);
        if (lines === undefined) {
          known.set(view.runId, (lines = new PlainLines()));
          const { colors } = terminal.style();
          // Not cut: a log is read by programs too.
          say(headLine(view, { ...terminal.style(), width: 10_000, colors }));
        }
        const several = views.length > 1 ? `${oneLine(view.runId)} ${separatorOf(terminal.style())} ` : '';
        for (const line of lines.lines(view, now)) say(several + line);
      }
    },
    output: (text) => void process.stderr.write(printableOutput(text)),
    close: () => undefined,
  };
};

/** Even a quiet run says, once, what it will not go on without. */
const quietDisplay = (): Display => {
  const said = new Set<string>();
  return {
    status: () => undefined,
    show(views) {
      for (const view of views)
        for (const line of askedLines(view)) {
          if (!said.has(line)) say(line);
          said.add(line);
        }
    },
    output: (text) => void process.stderr.write(printableOutput(text)),
    close: () => undefined,
  };
};

export const createDisplay = async (terminal: Terminal, { quiet }: { quiet: boolean }): Promise<Display> =>
  quiet ? quietDisplay() : terminal.live ? liveDisplay(terminal) : plainDisplay(terminal);
