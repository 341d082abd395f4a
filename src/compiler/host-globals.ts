/**
 * The globals that Node has and Temporal's sandbox lacks, each with what to do instead. Host, build time.
 * `Date`, `Math.random`, `setTimeout`, `console`, `URL`, `TextEncoder`, `AbortController` and `Intl` are there, deterministic.
 */
const inTask = 'Move the code that uses it into a task.';
const web =
  'fetch XMLHttpRequest WebSocket EventSource Request Response Headers FormData Blob File BroadcastChannel MessageChannel MessagePort Worker navigator localStorage sessionStorage window document';
const node =
  'process Buffer performance PerformanceObserver setImmediate clearImmediate ReadableStream WritableStream TransformStream CompressionStream DecompressionStream TextDecoderStream TextEncoderStream AbortSignal Event EventTarget DOMException';
const rest: Readonly<Record<string, string>> = {
  crypto: 'Make random values and hashes in a task, and use its result.',
  structuredClone: 'Copy plain data with `JSON.parse(JSON.stringify(value))`, or in a task.',
  queueMicrotask: 'Use `Promise.resolve().then(…)`.',
  setInterval: 'Loop with `setTimeout` in a promise, which is a durable timer in a flow.',
  clearInterval: 'Loop with `setTimeout` in a promise, which is a durable timer in a flow.',
  atob: inTask,
  btoa: inTask,
  WeakRef: 'What it gives depends on the garbage collector, so a replay would differ. Hold the value itself.',
  FinalizationRegistry: 'When it calls depends on the garbage collector, so a replay would differ.',
  __dirname: 'A flow has no file system. Use the path in a task.',
  __filename: 'A flow has no file system. Use the path in a task.',
};

const advice = new Map<string, string>([
  ...`${web} ${node}`.split(' ').map((name) => [name, inTask] as const),
  ...Object.entries(rest),
]);

/** What to do instead of using the global `name` in a flow; `undefined` when the sandbox has it, or nobody does. */
export const hostGlobalAdvice = (name: string): string | undefined => advice.get(name);
