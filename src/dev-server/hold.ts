/** What a process's hold on a server consists of. Host, types only. */
import type { ServerRecord } from './server-record.js';

export interface Hold {
  stateDir: string;
  record: ServerRecord;
  lease: string;
  inMemory: boolean;
  startedHere: boolean;
  onProgress: (line: string) => void;
}
