/** What a place to download the server binary from looks like. Host, types only: no source is trusted, every result is checked. */
import type { PinnedBinary } from './pinned-binaries.js';

export interface DownloadContext {
  pinned: PinnedBinary;
  /** An empty directory of the download's own; removed afterwards. */
  scratchDir: string;
  onProgress: (line: string) => void;
  signal: AbortSignal | undefined;
}

export interface BinarySource {
  /** As named to the user in progress lines and errors. */
  name: string;
  /** The bytes of the executable, unchecked. Throws with a short reason when they cannot be had. */
  download(context: DownloadContext): Promise<Uint8Array>;
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
