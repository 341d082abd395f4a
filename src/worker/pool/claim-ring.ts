/**
 * Decides once whether an attempt that was sent to a child starts there or is taken back. Host. The child's main thread
 * claims an attempt before it starts it, and the pool (through a thread of the child that is never busy) claims it to
 * take it back: shared memory lets exactly one of the two win, even while the child computes and reads no message.
 */

/** Far more than the attempts that a pool sends before the last question after one of them (`stuckAfterMs` in dispatch.ts). */
const slots = 65_536;

export const createClaimRing = (): Int32Array => new Int32Array(new SharedArrayBuffer(slots * 4));

/** Whether the caller is the first to claim `n`. Each side claims each number once at most. */
export const claim = (ring: Int32Array, n: number): boolean => Atomics.exchange(ring, n % slots, n) !== n;
