/**
 * What comes to a run from outside: signals, kept in order until the flow waits for them, and answers to what is open.
 * Pure. The port delivers; who gets what is decided here, from the order of arrival alone.
 */
import { RunError } from '../../core/errors.js';
import { type Answer, inboundName } from '../../core/protocol.js';
import type { Inbound } from './engine-port.js';
import type { FlowRun } from './flow-run.js';

/** Something that waits for an answer. */
export interface Answerable {
  readonly id: string;
  readonly name: string;
  /** @throws RunError BAD_ANSWER */
  check(value: unknown): void;
  receive(value: unknown): void;
}

/** Something that waits for a signal. */
export interface Receiver {
  readonly name: string;
  receive(value: unknown): void;
}

export class Inbox implements Inbound {
  private readonly kept = new Map<string, unknown[]>();
  private readonly receivers = new Map<string, Receiver[]>();
  private readonly open: Answerable[] = [];
  private readonly seen = new Set<string>();

  constructor(private readonly flowRun: FlowRun) {}

  signal(name: string, value: unknown, id?: string): void {
    if (id !== undefined) {
      if (this.seen.has(id)) return;
      this.seen.add(id);
    }
    if (name === inboundName.pause || name === inboundName.resume)
      return this.flowRun.setPaused(name === inboundName.pause);
    const receiver = this.receivers.get(name)?.shift();
    if (receiver !== undefined) return receiver.receive(value);
    const kept = this.kept.get(name);
    if (kept === undefined) this.kept.set(name, [value]);
    else kept.push(value);
  }

  /** Gives `receiver` the next signal of its name, now or when it comes. */
  expect(receiver: Receiver): void {
    const kept = this.kept.get(receiver.name);
    if (kept !== undefined && kept.length > 0) return receiver.receive(kept.shift());
    const waiting = this.receivers.get(receiver.name);
    if (waiting === undefined) this.receivers.set(receiver.name, [receiver]);
    else waiting.push(receiver);
  }

  /** `one` can be answered from now on. */
  ask(one: Answerable): void {
    this.open.push(one);
  }

  /** Nothing is to come for `one` any more. */
  forget(one: Answerable | Receiver): void {
    for (const waiting of [this.open, this.receivers.get(one.name) ?? []] as unknown[][]) {
      const at = waiting.indexOf(one);
      if (at >= 0) waiting.splice(at, 1);
    }
  }

  check(answer: Answer): void {
    this.openFor(answer).check(answer.value);
  }

  answer(answer: Answer): string {
    const one = this.openFor(answer);
    this.forget(one);
    one.receive(answer.value);
    return one.id;
  }

  private openFor({ name }: Answer): Answerable {
    const one = this.open.find(({ id }) => id === name) ?? this.open.find((other) => other.name === name);
    if (one !== undefined) return one;
    const { runId, flowName } = this.flowRun.info;
    const open = this.open.map(({ id }) => id);
    const words = open.length === 0 ? 'Nothing waits for an answer there now' : `Open are: ${open.join(', ')}`;
    throw new RunError('APPROVAL_NOT_OPEN', `The run '${runId}' has no open approval '${name}'. ${words}.`, {
      details: { runId, flowName, name, open },
    });
  }
}
