/**
 * The result store in a bucket of S3, or of anything that speaks its protocol. HOST. An object appears when its upload is
 * complete, so a writer that is killed leaves none; parts of one stay invisible until a rule of the bucket removes them.
 */
import type { Readable } from 'node:stream';
import type { StoredBytes } from '../core/result-ref.js';
import { checkBytes, checkPieces, checkRange, checkRef, MeasuredBytes } from './checked-bytes.js';
import { checkKey, checkPrefix } from './keys.js';
import { isAbsentObject, isOutrun, type S3Client, type S3Module } from './s3-client.js';
import { uploadParts } from './s3-upload.js';
import { corrupt, missing, storeFailed, tooLarge } from './store-errors.js';
import {
  type ByteRange,
  type ByteSource,
  defaultMaxBytes,
  type ListedObject,
  type ResultStore,
  type StoredDocument,
} from './store.js';

export interface S3StoreOptions {
  bucket: string;
  /** Before every key, with no `/` at its ends. Default: none. */
  prefix?: string;
  /** Largest object, in bytes. Default: 2 GiB. */
  maxBytes?: number;
}

export const createS3Store = (s3: S3Module, client: S3Client, options: S3StoreOptions): ResultStore =>
  new S3Store(s3, client, options);

class S3Store implements ResultStore {
  readonly id: string;
  readonly maxBytes: number;
  private readonly bucket: string;
  private readonly before: string;

  constructor(
    private readonly s3: S3Module,
    private readonly client: S3Client,
    { bucket, prefix = '', maxBytes = defaultMaxBytes }: S3StoreOptions,
  ) {
    this.id = `s3://${bucket}${prefix && `/${prefix}`}`;
    this.bucket = bucket;
    this.before = prefix && `${prefix}/`;
    this.maxBytes = maxBytes;
  }

  private at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.bucket, Key: this.before + key };
  }

  async put(key: string, source: ByteSource): Promise<StoredBytes> {
    const at = this.at(checkKey(key, this.id));
    const measured = new MeasuredBytes(key, this);
    const io = <T>(promise: Promise<T>): Promise<T> => this.io(key, 'written', promise);
    const putWhole = (Body: Uint8Array): Promise<unknown> =>
      io(this.client.send(new this.s3.PutObjectCommand({ ...at, Body, ContentLength: Body.byteLength })));
    if (source instanceof Uint8Array) await putWhole(measured.take(source));
    else await uploadParts({ s3: this.s3, client: this.client, at, measured, putWhole, io }, source);
    return measured.ref();
  }

  async get(ref: StoredBytes, range?: ByteRange): Promise<Uint8Array> {
    checkRef(ref, this);
    if (range !== undefined) return this.getRange(ref, range);
    if (ref.bytes > this.maxBytes) throw tooLarge(ref, ref.bytes, this.maxBytes);
    const body = await this.open(ref);
    return checkBytes(ref, await this.io(ref.key, 'read', collect(body, ref.bytes)));
  }

  private async getRange(ref: StoredBytes, range: ByteRange): Promise<Uint8Array> {
    checkRange(ref, range);
    const { start, end } = range;
    // S3 has no empty ranges; the object's length is checked all the same.
    const body = await this.open(ref, start === end ? undefined : `bytes=${start}-${end - 1}`);
    if (start < end) return this.io(ref.key, 'read', collect(body, end - start));
    body.destroy();
    return new Uint8Array();
  }

  async *stream(ref: StoredBytes): AsyncIterable<Uint8Array> {
    checkRef(ref, this);
    const body = await this.open(ref);
    try {
      yield* checkPieces(ref, this.pieces(ref.key, body));
    } finally {
      body.destroy();
    }
  }

  private async *pieces(key: string, body: Readable): AsyncIterable<Uint8Array> {
    try {
      yield* body as AsyncIterable<Uint8Array>;
    } catch (error) {
      throw storeFailed({ store: this.id, key }, 'read', error);
    }
  }

  /** The object's bytes, or those of a range, once its length is known to be what was written. */
  private async open(ref: StoredBytes, Range?: string): Promise<Readable> {
    const command = new this.s3.GetObjectCommand({ ...this.at(ref.key), ...(Range === undefined ? {} : { Range }) });
    const answer = await this.client.send(command).catch((error: unknown) => {
      if (isAbsentObject(error)) throw missing(ref, error);
      // A range beyond the end of what is there.
      if ((error as Error).name === 'InvalidRange') throw corrupt(ref, { why: `is shorter than it was written` });
      throw storeFailed(ref, 'read', error);
    });
    const total = Range === undefined ? answer.ContentLength : Number(answer.ContentRange?.split('/')[1]);
    const body = answer.Body as Readable;
    if (total !== ref.bytes) {
      body.destroy();
      throw corrupt(
        ref,
        total === undefined || Number.isNaN(total) ? { why: 'has no known length' } : { bytes: total },
      );
    }
    return body;
  }

  async copy(ref: StoredBytes, key: string): Promise<StoredBytes> {
    checkRef(ref, this);
    const { Bucket, Key } = this.at(ref.key);
    const CopySource = `${Bucket}/${Key}`.split('/').map(encodeURIComponent).join('/');
    const command = new this.s3.CopyObjectCommand({ ...this.at(checkKey(key, this.id)), CopySource });
    await this.client.send(command).catch((error: unknown) => {
      throw isAbsentObject(error) ? missing(ref, error) : storeFailed({ store: this.id, key }, 'written', error);
    });
    return { ...ref, key };
  }

  async document(key: string): Promise<StoredDocument | undefined> {
    const command = new this.s3.GetObjectCommand(this.at(checkKey(key, this.id)));
    try {
      const { Body, ETag = '' } = await this.client.send(command);
      return {
        bytes: await (Body as { transformToByteArray(): Promise<Uint8Array> }).transformToByteArray(),
        version: ETag,
      };
    } catch (error) {
      if (isAbsentObject(error)) return undefined;
      throw storeFailed({ store: this.id, key }, 'read', error);
    }
  }

  async swap(key: string, expected: string | undefined, Body: Uint8Array): Promise<string | undefined> {
    const condition = expected === undefined ? { IfNoneMatch: '*' } : { IfMatch: expected };
    const at = { ...this.at(checkKey(key, this.id)), Body, ContentLength: Body.byteLength };
    try {
      return (await this.client.send(new this.s3.PutObjectCommand({ ...at, ...condition }))).ETag ?? '';
    } catch (error) {
      if (isAbsentObject(error) || isOutrun(error)) return undefined;
      throw storeFailed({ store: this.id, key }, 'written', error);
    }
  }

  async *list(prefix: string): AsyncIterable<ListedObject> {
    for await (const keys of this.listPages(checkPrefix(prefix, this.id))) yield* keys;
  }

  private async *listPages(prefix: string): AsyncIterable<ListedObject[]> {
    let ContinuationToken: string | undefined;
    do {
      const page = await this.io(
        prefix,
        'listed',
        this.client.send(
          new this.s3.ListObjectsV2Command({
            Bucket: this.bucket,
            Prefix: this.before + prefix,
            ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
          }),
        ),
      );
      yield (page.Contents ?? []).map(({ Key = '', Size = 0, LastModified }) => ({
        key: Key.slice(this.before.length),
        bytes: Size,
        modifiedMs: LastModified?.getTime() ?? 0,
      }));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
  }

  async deletePrefix(prefix: string): Promise<void> {
    for await (const objects of this.listPages(checkPrefix(prefix, this.id))) {
      if (objects.length === 0) continue;
      const Objects = objects.map(({ key }) => ({ Key: this.before + key }));
      const command = new this.s3.DeleteObjectsCommand({ Bucket: this.bucket, Delete: { Objects, Quiet: true } });
      const { Errors: [refused] = [] } = await this.io(prefix, 'deleted', this.client.send(command));
      if (refused) throw storeFailed({ store: this.id, key: prefix }, 'deleted', refused.Message ?? refused.Code);
    }
  }

  async close(): Promise<void> {
    this.client.destroy();
  }

  /** For calls of the client alone, so that what fails in them is the store's failure. */
  private async io<T>(key: string, what: string, promise: Promise<T>): Promise<T> {
    try {
      return await promise;
    } catch (error) {
      throw storeFailed({ store: this.id, key }, what, error);
    }
  }
}

/** Bytes of a known number, with no second copy of them. */
const collect = async (body: Readable, length: number): Promise<Uint8Array> => {
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes.subarray(0, at);
};
