/**
 * The values of secrets that this process has read, and how they are kept out of what leaves it. HOST. Until the first
 * secret is read nothing here costs anything: `hidden` stays undefined.
 */
import { AuthoringError } from '../core/errors.js';

/** Every text by which a secret could be told, longest first. */
let forms: string[] = [];
const values = new Set<string>();

const formsOf = (value: string): string[] => [
  value,
  JSON.stringify(value).slice(1, -1),
  encodeURIComponent(value),
  Buffer.from(value).toString('base64'),
];

/** Has `value` kept out of everything from here on; gives whether it was not known before. */
export const hideValue = (value: string): boolean => {
  if (values.has(value)) return false;
  values.add(value);
  forms = [...new Set([...values].flatMap(formsOf))].sort((a, b) => b.length - a.length);
  return true;
};

export const hasSecrets = (): boolean => forms.length > 0;

/** `text` with `***` in place of each secret. */
export const redact = (text: string): string => {
  let redacted = text;
  for (const form of forms) if (redacted.includes(form)) redacted = redacted.replaceAll(form, '***');
  return redacted;
};

/** Data with each text in it redacted; the same object where there is nothing to hide. */
export const redactData = <T>(data: T): T => {
  if (forms.length === 0) return data;
  return redactPart(data, 0) as T;
};

const redactPart = (part: unknown, depth: number): unknown => {
  if (typeof part === 'string') return redact(part);
  if (typeof part !== 'object' || part === null || depth > 100) return part;
  if (Array.isArray(part)) return part.map((item) => redactPart(item, depth + 1));
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [redact(key), redactPart(value, depth + 1)] as const),
  );
};

const isTold = (text: string): boolean => forms.some((form) => text.includes(form));

/** Whether any text in it does. */
export const holdsSecret = (root: unknown): boolean => {
  const seen = new Set<object>();
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const part = pending.pop();
    if (typeof part === 'string') {
      if (isTold(part)) return true;
    } else if (typeof part === 'object' && part !== null && !seen.has(part)) {
      seen.add(part);
      if (ArrayBuffer.isView(part)) {
        const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
        if (forms.some((form) => bytes.includes(form))) return true;
      } else if (part instanceof Map) for (const entry of part) pending.push(...entry);
      else if (part instanceof Set || Array.isArray(part)) for (const item of part) pending.push(item);
      else for (const [key, value] of Object.entries(part)) pending.push(key, value);
    }
  }
  return false;
};

/** The error for a result that holds one: SECRET_IN_RESULT. */
export const secretIn = (value: unknown, label: string): AuthoringError | undefined => {
  if (forms.length === 0 || !holdsSecret(value)) return undefined;
  return new AuthoringError(
    'SECRET_IN_RESULT',
    `The result of ${label} holds the value of a secret, which would be written into the run's history or result store. Return what is no secret.`,
    {},
  );
};

/** @throws AuthoringError SECRET_IN_RESULT */
export const refuseSecrets = (value: unknown, label: string): void => {
  const error = secretIn(value, label);
  if (error !== undefined) throw error;
};
