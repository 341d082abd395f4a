/**
 * The records of a batch in the result store. Host, inside a child. A record's key ends with its hash, so that a reader
 * that only lists them can check them. Whoever runs the batch reads what was written before it and writes under a fence
 * of its own; the report of a finished batch is kept until the run's data goes, its records are not.
 */
import { createHash } from 'node:crypto';
import { RunError } from '../../../core/errors.js';
import type { BatchReport, BatchSpec } from '../../../core/map-batch.js';
import type { StoredBytes } from '../../../core/result-ref.js';
import { decodeText, encodeText, type TextFormat } from '../../../core/text-codec.js';
import { keySegment, type ResultStore, runPrefix } from '../../../results/index.js';
import { type CheckpointRecord, type FencedRecords, recall, type Recalled } from './checkpoint.js';

/** Fences sort as their runs of the batch followed each other. */
export const fenceOf = (attempt: number, rerun: number): string =>
  `${String(attempt).padStart(6, '0')}.${String(rerun).padStart(4, '0')}`;

/** Of one batch of one execution: a later run of the same id has its own. */
export const journalFolder = (of: { runId: string; spec: BatchSpec; executionId: string }): string => {
  const { map, start, end } = of.spec;
  return `${runPrefix(of.runId)}${keySegment(map)}/records-${start}-${end - 1}-${keySegment(of.executionId)}`;
};

export interface JournalPlace {
  store: ResultStore;
  /** The folder of the batch's records, with no `/` at its end. */
  folder: string;
  fence: string;
}

const encode = (value: unknown): Buffer => {
  const { text, format } = encodeText(value);
  return Buffer.from(`${format}\n${text}`);
};

const decode = (bytes: Uint8Array): unknown => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  const at = text.indexOf('\n');
  return decodeText(text.slice(at + 1), text.slice(0, at) as TextFormat);
};

export class BatchJournal {
  /** Records written under this fence. */
  written = 0;
  private hasEarlier = false;

  constructor(private readonly place: JournalPlace) {}

  /** What was written before, or the report of a run that got through. */
  async read(): Promise<BatchReport | Recalled> {
    const { store, folder, fence } = this.place;
    const fences = new Map<string, { key: string; ref: StoredBytes }[]>();
    for await (const { key, bytes } of store.list(`${folder}/`)) {
      const [kind = '', name = ''] = key.slice(folder.length + 1).split('/');
      const ref = { store: store.id, key, bytes, sha256: key.slice(-64) };
      if (kind === 'report') return decode(await store.get(ref)) as BatchReport;
      if (kind === 'claims' || name === '' || kind >= fence) continue;
      const entries = fences.get(kind) ?? [];
      entries.push({ key, ref });
      fences.set(kind, entries);
    }
    this.hasEarlier = fences.size > 0;
    const read: FencedRecords[] = [];
    for (const [name, entries] of [...fences].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const records: CheckpointRecord[] = [];
      for (const { ref } of entries.sort((a, b) => (a.key < b.key ? -1 : 1)))
        records.push(decode(await store.get(ref)) as CheckpointRecord);
      read.push({ fence: name, records });
    }
    return recall(read);
  }

  append(record: CheckpointRecord): Promise<void> {
    const n = String(++this.written).padStart(8, '0');
    return this.put(`${this.place.fence}/${n}`, record);
  }

  /** Says that this run of the batch has begun, before it reads what the one before wrote. */
  async claim(): Promise<void> {
    await this.place.store.put(`${this.place.folder}/claims/${this.place.fence}`, Buffer.from('claim'));
  }

  /**
   * A later run of the batch claims before it reads, this one writes before it asks: either the later one sees what
   * this one is about to start, or this one sees the claim. @throws RunError CANCELLED when there is a later one
   */
  async checkNewest(): Promise<void> {
    const { store, folder, fence } = this.place;
    for await (const { key } of store.list(`${folder}/claims/`))
      if (key.slice(key.lastIndexOf('/') + 1) > fence)
        throw new RunError('CANCELLED', `The batch goes on in another worker, which took this one for lost`);
  }

  /** Keeps the report in place of the records, if there are any. */
  async finish(report: BatchReport): Promise<void> {
    if (this.written === 0 && !this.hasEarlier) return;
    await this.put('report/', report);
    const { store, folder } = this.place;
    const fences = new Set<string>();
    for await (const { key } of store.list(`${folder}/`)) {
      const [kind = ''] = key.slice(folder.length + 1).split('/');
      // A later run's are its own.
      if (kind !== 'report' && kind !== 'claims' && kind <= this.place.fence) fences.add(kind);
    }
    for (const fence of fences) await store.deletePrefix(`${folder}/${fence}/`);
  }

  private async put(name: string, value: unknown): Promise<void> {
    const bytes = encode(value);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await this.place.store.put(`${this.place.folder}/${name}${name.endsWith('/') ? '' : '-'}${sha256}`, bytes);
  }
}
