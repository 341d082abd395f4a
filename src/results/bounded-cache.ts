/**
 * What was read lately, up to a number of bytes; readers of one thing at the same time share one reading. HOST. Holds
 * what nobody changes: bytes, never the values that users get.
 */
export interface Sized<V> {
  value: V;
  bytes: number;
}

export class BoundedCache<V> {
  /** In the order of their last use. */
  private readonly kept = new Map<string, Sized<V>>();
  private readonly underway = new Map<string, Promise<Sized<V>>>();
  private bytes = 0;

  constructor(private readonly maxBytes: number) {}

  /** The thing named `key`, by `read` when it is not here. A failed reading is not kept. */
  async get(key: string, read: () => Promise<Sized<V>>): Promise<V> {
    const kept = this.kept.get(key);
    if (kept !== undefined) {
      this.kept.delete(key);
      this.kept.set(key, kept);
      return kept.value;
    }
    let reading = this.underway.get(key);
    if (reading === undefined) {
      reading = read().finally(() => this.underway.delete(key));
      this.underway.set(key, reading);
      this.keep(key, await reading);
    }
    return (await reading).value;
  }

  private keep(key: string, sized: Sized<V>): void {
    // Half: one thing does not drive out all others.
    if (sized.bytes > this.maxBytes / 2) return;
    this.kept.set(key, sized);
    this.bytes += sized.bytes;
    for (const [oldest, { bytes }] of this.kept) {
      if (this.bytes <= this.maxBytes) return;
      this.kept.delete(oldest);
      this.bytes -= bytes;
    }
  }
}
