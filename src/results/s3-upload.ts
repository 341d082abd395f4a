/**
 * Writes a stream of unknown length to S3: in one request while it is short, else in parts that become an object
 * together. HOST. Holds one part at a time; an upload that fails is taken back.
 */
import type { MeasuredBytes } from './checked-bytes.js';
import type { S3Client, S3Module } from './s3-client.js';

/** S3 wants 5 MiB of each part but the last, and takes 10,000: enough for 80 GiB. */
const partBytes = 8 * 1024 * 1024;

export interface UploadTo {
  s3: S3Module;
  client: S3Client;
  at: { Bucket: string; Key: string };
  measured: MeasuredBytes;
  putWhole: (bytes: Uint8Array) => Promise<unknown>;
  /** Names what the client refuses; the source's own errors do not go through it. */
  io: <T>(promise: Promise<T>) => Promise<T>;
}

export const uploadParts = async (to: UploadTo, source: AsyncIterable<Uint8Array>): Promise<void> => {
  const { s3, client, at, io } = to;
  let upload: Upload | undefined;
  try {
    for await (const part of partsOf(to.measured, source)) {
      if (part.isLast && upload === undefined) return void (await to.putWhole(part.bytes));
      upload ??= await Upload.create(to);
      await upload.add(part.bytes);
    }
    if (upload !== undefined) await upload.complete();
  } catch (error) {
    const UploadId = upload?.id;
    if (UploadId !== undefined)
      await io(client.send(new s3.AbortMultipartUploadCommand({ ...at, UploadId }))).catch(() => undefined);
    throw error;
  }
};

class Upload {
  private readonly parts: { PartNumber: number; ETag: string | undefined }[] = [];

  private constructor(
    private readonly to: UploadTo,
    readonly id: string | undefined,
  ) {}

  static async create(to: UploadTo): Promise<Upload> {
    const { UploadId } = await to.io(to.client.send(new to.s3.CreateMultipartUploadCommand(to.at)));
    return new Upload(to, UploadId);
  }

  async add(Body: Uint8Array): Promise<void> {
    const { s3, client, at, io } = this.to;
    const PartNumber = this.parts.length + 1;
    const command = new s3.UploadPartCommand({
      ...at,
      UploadId: this.id,
      PartNumber,
      Body,
      ContentLength: Body.byteLength,
    });
    const { ETag } = await io(client.send(command));
    this.parts.push({ PartNumber, ETag });
  }

  async complete(): Promise<void> {
    const { s3, client, at, io } = this.to;
    const MultipartUpload = { Parts: this.parts };
    await io(client.send(new s3.CompleteMultipartUploadCommand({ ...at, UploadId: this.id, MultipartUpload })));
  }
}

/** Pieces of any size as parts of one; the last may be smaller, and empty when it is the only one. */
async function* partsOf(
  measured: MeasuredBytes,
  source: AsyncIterable<Uint8Array>,
): AsyncIterable<{ bytes: Uint8Array; isLast: boolean }> {
  let part = Buffer.allocUnsafe(partBytes);
  let filled = 0;
  let count = 0;
  for await (const piece of source) {
    measured.take(piece);
    for (let at = 0; at < piece.byteLength;) {
      if (filled === partBytes) {
        yield { bytes: part, isLast: false };
        count++;
        part = Buffer.allocUnsafe(partBytes);
        filled = 0;
      }
      const some = piece.subarray(at, at + partBytes - filled);
      part.set(some, filled);
      filled += some.byteLength;
      at += some.byteLength;
    }
  }
  if (filled > 0 || count === 0) yield { bytes: part.subarray(0, filled), isLast: true };
}
