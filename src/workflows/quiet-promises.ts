/**
 * Spares the engine's own promises the stack trace that the SDK takes of every promise made in the sandbox (for its
 * `__stack_trace` query). SANDBOX. The SDK's promise hook asks this realm's global `Error` for the trace; for the length of
 * a piece of synchronous engine work that name stands for a class whose bare instances have no stack, and the hook
 * then lets the promise be. Errors with a message, and `instanceof Error`, are the real ones throughout. If a later
 * SDK asks in another way, nothing but the saving is lost. See ADR 5.
 */
const RealError = Error;

/** `new Error()` without a message, as the promise hook makes it, has no stack; with one it is the real thing. */
function Unstacked(...args: Parameters<typeof RealError>): object {
  return args.length > 0 ? new RealError(...args) : {};
}
Object.defineProperty(Unstacked, Symbol.hasInstance, { value: (value: unknown) => value instanceof RealError });

const realm = globalThis as { Error: unknown };
let isQuiet = false;

export const withoutStackTraces = <T>(work: () => T): T => {
  if (isQuiet) return work();
  isQuiet = true;
  realm.Error = Unstacked;
  try {
    return work();
  } finally {
    realm.Error = RealError;
    isQuiet = false;
  }
};
