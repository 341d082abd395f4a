/**
 * Artifacts: what a task run leaves for people to look at, as it is stored and read. Pure. They lie in the result store,
 * the last one of each task run and key, and never in a history.
 */
import { AuthoringError } from './errors.js';

export type ArtifactContent =
  | { kind: 'table'; rows: Record<string, unknown>[] }
  | { kind: 'markdown'; text: string }
  | { kind: 'link'; url: string }
  /** `share` is 0 to 1. */
  | { kind: 'progress'; share: number; done?: number; total?: number }
  /** A URL, `data:` where the task gave the bytes. */
  | { kind: 'image'; url: string };

export type Artifact = ArtifactContent & {
  key: string;
  /** What it shows, for people. */
  description?: string;
  taskName: string;
  taskRunId: string;
  attempt: number;
  mapIndex?: number;
  /** When it was written last. */
  at: Date;
};

/** Which artifacts to read. */
export interface ArtifactOptions {
  key?: string;
  /** Of this task: its name, or the id of a task run. */
  task?: string;
  /** Artifacts to leave out at the start. Default 0. */
  from?: number;
  /** At most so many. Default 100. */
  limit?: number;
}

/** Of one artifact, as text. */
export const maxArtifactChars = 4 * 1024 * 1024;

const keyPattern = /^[a-z0-9]+(-[a-z0-9]+)*$/;

const bad = (key: string, expected: string, received: string): AuthoringError =>
  new AuthoringError('BAD_ARTIFACT', `The artifact '${key}': expected ${expected}, got ${received}.`, {
    details: { key, expected, received },
  });

const wordFor = (value: unknown): string =>
  typeof value === 'number' || typeof value === 'string'
    ? JSON.stringify(value).slice(0, 100)
    : Array.isArray(value)
      ? 'an array'
      : `${value === null ? 'null' : typeof value}`;

const isRow = (row: unknown): boolean => typeof row === 'object' && row !== null && !Array.isArray(row);

const checkUrl = (key: string, url: unknown, schemes: string): void => {
  if (typeof url !== 'string' || !new RegExp(`^(${schemes}):`, 'i').test(url))
    throw bad(key, `a URL that starts with ${schemes.split('|').join(':, ')}:`, wordFor(url));
};

const checkProgress = (key: string, { share, done, total }: Extract<ArtifactContent, { kind: 'progress' }>): void => {
  if (done !== undefined || total !== undefined) {
    const isFit = [done, total].every((one) => typeof one === 'number' && Number.isFinite(one) && one >= 0);
    if (!isFit || (done ?? 0) > (total ?? 0))
      throw bad(key, '{ done, total } with 0 <= done <= total', `${wordFor(done)} of ${wordFor(total)}`);
  } else if (typeof share !== 'number' || !(share >= 0 && share <= 1))
    throw bad(key, 'a share from 0 to 1, or { done, total }', wordFor(share));
};

/** @throws AuthoringError BAD_ARTIFACT */
export const checkArtifact = (key: unknown, content: ArtifactContent): string => {
  if (typeof key !== 'string' || key.length > 100 || !keyPattern.test(key))
    throw new AuthoringError(
      'BAD_ARTIFACT',
      `Expected an artifact's key to be small letters and digits with single dashes between, at most 100 characters, got ${wordFor(key)}.`,
      { details: { key: wordFor(key) } },
    );
  if (content.kind === 'table' && !(Array.isArray(content.rows) && content.rows.every(isRow)))
    throw bad(key, 'an array of objects, one a row', wordFor(content.rows));
  if (content.kind === 'markdown' && typeof content.text !== 'string') throw bad(key, 'a text', wordFor(content.text));
  if (content.kind === 'link') checkUrl(key, content.url, 'https?|mailto');
  if (content.kind === 'image') checkUrl(key, content.url, 'https?|data');
  if (content.kind === 'progress') checkProgress(key, content);
  return key;
};

/** The content as the text that is stored. @throws AuthoringError BAD_ARTIFACT */
export const textOfArtifact = (key: string, value: object): string => {
  let text: string;
  try {
    text = JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
  } catch (error) {
    throw bad(key, 'what JSON can hold', (error as Error).message);
  }
  if (text.length > maxArtifactChars)
    throw bad(key, `at most ${maxArtifactChars} characters`, `${text.length}: give a link to it instead`);
  return text;
};
