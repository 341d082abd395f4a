/** `--param name=value` and `--params '{json}'` as the one object of parameters that a flow takes. HOST, pure. */
import { UsageError } from '../core/errors.js';
import { oneLine, shorten } from './printable.js';

const bad = (message: string, details: Record<string, unknown>): UsageError =>
  new UsageError('BAD_USAGE', message, { details });

const jsonOrText = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const allParams = (json: string): Record<string, unknown> => {
  const shown = shorten(oneLine(json), 80);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw bad(`Expected --params to be JSON, such as '{"year": 2026}', got ${shown}: ${(cause as Error).message}`, {
      option: '--params',
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw bad(`Expected --params to be a JSON object, such as '{"year": 2026}', got ${shown}`, { option: '--params' });
  return value as Record<string, unknown>;
};

/**
 * `--param` wins over `--params`. A value that is JSON is taken as JSON (`n=3` is a number, `n='"3"'` a text), any
 * other as text. `undefined` when none is given.
 * @throws UsageError BAD_USAGE
 */
export const paramsOf = (options: {
  param?: readonly string[];
  params?: string;
}): Record<string, unknown> | undefined => {
  if (options.params === undefined && !options.param?.length) return undefined;
  const params = options.params === undefined ? {} : allParams(options.params);
  for (const pair of options.param ?? []) {
    const at = pair.indexOf('=');
    if (at <= 0)
      throw bad(`Expected --param name=value, got ${shorten(oneLine(pair), 80)}`, {
        option: '--param',
        received: pair,
      });
    // `__proto__` is a name like any other.
    Object.defineProperty(params, pair.slice(0, at), {
      value: jsonOrText(pair.slice(at + 1)),
      ...{ enumerable: true, configurable: true, writable: true },
    });
  }
  return params;
};

/** `…: name: Invalid input: expected string, received number; …` */
const wantsText = (complaint: string, name: string): boolean =>
  complaint.split('; ').some((issue) => issue.includes(`${name}: `) && /expected string/i.test(issue));

/** ` To give a text …` when a check says that it wanted the text which `--param` took as JSON; else nothing. */
export const quotingHint = (complaint: string, pairs: readonly string[] = []): string => {
  for (const pair of pairs) {
    const [name, text] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
    if (typeof jsonOrText(text) === 'string' || !wantsText(complaint, name)) continue;
    return ` ${text} is JSON; to give it as a text, quote it: --param '${name}="${text}"'`;
  }
  return '';
};
