/**
 * A hash of what a value is, whatever way it came: the order of an object's keys does not matter, nor whether a list lies
 * in the store and in how many parts. HOST. Lists in the store are read item by item, and other large values are taken by
 * their own hash, so that nothing large is held.
 */
import { createHash, type Hash } from 'node:crypto';
import { type StoredData, storedIn, type StoredValueData } from '../core/result-ref.js';
import { tagOf } from '../core/walk-value.js';
import { mayRefer } from './value-bytes.js';
import type { Values } from './values.js';

const headBytes = 16;
/** Larger values are taken by their own hash. */
const mostRead = 4 * 1024 * 1024;

class ContentHash {
  readonly hash: Hash = createHash('sha256');
  private readonly path: object[] = [];

  constructor(private readonly values: Values | undefined) {}

  async add(value: unknown): Promise<void> {
    if (typeof value !== 'object' || value === null) return this.leaf(value);
    const stored = storedIn(value);
    if (stored !== undefined) return this.stored(stored);
    const above = this.path.indexOf(value);
    // A cycle is told by how far up it leads.
    if (above >= 0) return this.text('cycle', String(this.path.length - above));
    this.path.push(value);
    await this.parts(value);
    this.path.pop();
  }

  /** Length first, so that no two sequences of parts are one text. */
  private text(kind: string, text: string): void {
    this.hash.update(`${kind} ${text.length}:`).update(text);
  }

  private leaf(value: unknown): void {
    const text = Object.is(value, -0) ? '-0' : String(value);
    this.text(value === null ? 'null' : typeof value, text);
  }

  private async parts(value: object): Promise<void> {
    const tag = tagOf(value);
    if (Array.isArray(value)) return this.list('list', value as unknown[]);
    if (tag === 'Map') return this.list('Map', [...(value as Map<unknown, unknown>)].flat(1));
    if (tag === 'Set') return this.list('Set', [...(value as Set<unknown>)]);
    if (tag === 'Date') return this.text(tag, String((value as Date).getTime()));
    if (ArrayBuffer.isView(value) || tag === 'ArrayBuffer') return this.bytes(tag, value);
    if (tag === 'RegExp') return this.text(tag, (value as RegExp).source + (value as RegExp).flags);
    const keys = Object.keys(value).sort();
    this.text('object', String(keys.length));
    for (const key of keys) {
      this.text('key', key);
      await this.add((value as Record<string, unknown>)[key]);
    }
  }

  private bytes(tag: string, value: object): void {
    const view = ArrayBuffer.isView(value)
      ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      : new Uint8Array(value as ArrayBuffer);
    this.text(tag, String(view.byteLength));
    this.hash.update(view);
  }

  private async list(kind: string, items: Iterable<unknown> | AsyncIterable<unknown[]>): Promise<void> {
    this.text(kind, '');
    if (Symbol.iterator in items) for (const item of items) await this.add(item);
    else for await (const some of items) for (const item of some) await this.add(item);
    this.text('end', '');
  }

  private async stored(data: StoredData): Promise<void> {
    const { values } = this;
    if (values === undefined) return this.text('stored', JSON.stringify(data));
    if (data.kind === 'value') {
      const isWhole = data.stored.bytes > mostRead && !(await this.hasParts(values, data));
      return isWhole ? this.text('stored', data.stored.sha256) : this.add(await values.read(data));
    }
    if (data.kind === 'sequence' && data.picks?.length) return this.add(await values.read(data));
    const length = await values.lengthOf(data);
    return this.list(
      data.kind === 'sequence' && data.as === 'dataset' ? 'dataset' : 'list',
      values.readSlice(data, 0, length ?? 0),
    );
  }

  /** Whether its hash does not say what it is: parts of it are meant, or it refers to other objects. */
  private async hasParts(values: Values, { stored, picks }: StoredValueData): Promise<boolean> {
    if (picks?.length) return true;
    return mayRefer(await values.store.get(stored, { start: 0, end: Math.min(headBytes, stored.bytes) }));
  }
}

/** sha256 (hex) of the content. @throws ResultStoreError when what is stored cannot be read */
export const contentHash = async (value: unknown, values?: Values): Promise<string> => {
  const content = new ContentHash(values);
  await content.add(value);
  return content.hash.digest('hex');
};
