/**
 * The worker's own process as a pool member, for debugging and tests. Host. Values are cloned as they would be between
 * processes. Nothing here can be killed: a body that ignores its signal is left behind and its outcome dropped.
 */
import { recordError } from '../../activities/error-record.js';
import { declaredFlows, declaredTasks } from '../../authoring/definition.js';
import { decodeText, encodeText } from '../../core/text-codec.js';
import { createBodyRunner } from './body-runner.js';
import { isTypeScript, loadSources, registerTypeScript } from './load-sources.js';
import type { MemberEvents, MemberOptions, PoolMember } from './member.js';

/** By our own codec and not by a structured clone, whose objects are of another realm where tests run in a `vm`. */
const copyOf = <T>(message: T): T => {
  const { text, format } = encodeText(message);
  return decodeText(text, format) as T;
};

export const startInline = (options: MemberOptions, events: MemberEvents): PoolMember => {
  let isGone = false;
  const runner = createBodyRunner({
    claim: () => true,
    settings: options.batches,
    send: (message) => {
      const copy = copyOf(message);
      if (!isGone) events.onMessage(copy);
    },
  });
  const load = async (): Promise<void> => {
    try {
      const known = new Set([...declaredFlows(), ...declaredTasks()].map(({ site }) => site?.file));
      // What this program has imported is there. Imported again, by another loader than its own, it would be a second copy.
      const sources = options.sources.filter((source) => !known.has(source));
      const typed = sources.filter(isTypeScript);
      if (typed.length > 0) await registerTypeScript(typed);
      events.onMessage({ kind: 'ready', manifest: await loadSources(sources) });
    } catch (error) {
      events.onMessage({ kind: 'unloadable', error: recordError(error) });
    }
  };
  void load();
  const leave = (): void => {
    if (isGone) return;
    isGone = true;
    queueMicrotask(() => events.onGone('was let go'));
  };
  return {
    pid: process.pid,
    send: (message) => runner.receive(copyOf(message)),
    reclaim: () => undefined,
    kill: leave,
    dismiss: leave,
  };
};
