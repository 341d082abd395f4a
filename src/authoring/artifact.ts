/**
 * `artifact.…`: what a task body leaves for people to look at. Pure: checks and passes on; the child process keeps them.
 */
import { type ArtifactContent, checkArtifact } from '../core/artifact.js';
import { toBase64 } from '../core/base64.js';
import { AuthoringError } from '../core/errors.js';
import { currentRunIfAny } from './current-run.js';

/** Options of every artifact. */
export interface ArtifactNote {
  /** What it shows, for people. */
  description?: string;
}

export type ArtifactSink = (key: string, content: ArtifactContent, description: string | undefined) => void;

const slot = Symbol.for('perdure.artifact-sink');
const holder = globalThis as { [slot]?: ArtifactSink };

export const provideArtifactSink = (sink: ArtifactSink): void => {
  holder[slot] = sink;
};

const keep = (key: string, content: ArtifactContent, note: ArtifactNote = {}): void => {
  if (currentRunIfAny()?.kind === 'flow')
    throw new AuthoringError(
      'CALLED_INSIDE_FLOW',
      `artifact.${content.kind}('${String(key)}', …) was called inside a flow. Artifacts are left by task bodies: make it in a task.`,
      { details: { key } },
    );
  holder[slot]?.(checkArtifact(key, content), content, note.description);
};

const progressOf = (value: number | { done: number; total: number }): ArtifactContent => {
  if (typeof value !== 'object' || value === null) return { kind: 'progress', share: value };
  const { done, total } = value;
  return { kind: 'progress', share: total > 0 ? done / total : 0, done, total };
};

const mediaTypes: readonly (readonly [type: string, start: string])[] = [
  ['image/png', '\u0089PNG'],
  ['image/jpeg', '\u00ff\u00d8\u00ff'],
  ['image/gif', 'GIF8'],
  ['image/webp', 'RIFF'],
  ['image/svg+xml', '<'],
];

const urlOfImage = (image: string | Uint8Array): string => {
  if (typeof image === 'string') return image;
  const start = String.fromCharCode(...image.subarray(0, 4));
  const type = mediaTypes.find(([, begins]) => start.startsWith(begins))?.[0] ?? 'application/octet-stream';
  return `data:${type};base64,${toBase64(image)}`;
};

/**
 * Leaves something to look at with the task run: read by `perdure artifacts`, `handle.artifacts()`. The last of one key
 * counts, of the last attempt. Keys are small letters, digits and dashes. Called outside a run it only checks what it is
 * given. Prefect's `create_…_artifact`.
 * @throws AuthoringError BAD_ARTIFACT for a bad key or content; CALLED_INSIDE_FLOW in flow code
 * @example artifact.table('rejected-rows', rejected, { description: 'Rows without an id' });
 */
export const artifact = {
  /** Rows are plain objects; their names are the columns. */
  table: (key: string, rows: readonly object[], note?: ArtifactNote): void =>
    keep(key, { kind: 'table', rows: rows as Record<string, unknown>[] }, note),
  markdown: (key: string, text: string, note?: ArtifactNote): void => keep(key, { kind: 'markdown', text }, note),
  /** `http:`, `https:` or `mailto:`. */
  link: (key: string, url: string, note?: ArtifactNote): void => keep(key, { kind: 'link', url }, note),
  /** A share from 0 to 1, or `{ done, total }`. May be called often: it is written about once a second. */
  progress: (key: string, value: number | { done: number; total: number }, note?: ArtifactNote): void =>
    keep(key, progressOf(value), note),
  /** A URL, or the bytes of a PNG, JPEG, GIF, WebP or SVG. */
  image: (key: string, image: string | Uint8Array, note?: ArtifactNote): void =>
    keep(key, { kind: 'image', url: urlOfImage(image) }, note),
} as const;
