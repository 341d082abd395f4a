/**
 * Door of `results/`: where values lie that are too large for a history, and how they get there and back. HOST.
 */
export type { ByteRange, ByteSource, ListedObject, ResultStore, StoredDocument } from './store.js';
export { type ArtifactOwner, keptArtifact, type KeptArtifact, readArtifacts, writeArtifact } from './artifacts.js';
export { contentHash } from './content-hash.js';
export { createFileStore, type FileStoreOptions } from './file-store.js';
export { flattenSlots, type ListedSequence } from './flatten-slots.js';
export { keySegment, textOfSegment } from './keys.js';
export { createMemoryObjects, createMemoryStore, type MemoryObjects } from './memory-store.js';
export { type LogReading, readLog } from './log-reader.js';
export { LogWriter } from './log-writer.js';
export { openResultStore } from './open-store.js';
export { payloadCodecFor } from './payload-codec.js';
export { type OwnPlace, type Place, runPrefix } from './place.js';
export { prune, type PruneOptions, type PruneReport } from './retention.js';
export type { Stretch } from './sequence-reader.js';
export type { SequenceWriter, SequenceWriterOptions } from './sequence-writer.js';
export { createValues, type Values, type ValuesOptions } from './values.js';
