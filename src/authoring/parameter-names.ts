/**
 * The names of a function's parameters, read from its text, as Prefect reads them from the signature. Pure. A parameter
 * that is taken apart (`{ a, b }`) has no name.
 */
const opening = new Set('([{');
const closing = new Set(')]}');

/** Where the text between quotes, or of a comment, that begins at `at` ends; `at` where none begins. */
const afterText = (text: string, at: number): number => {
  const char = text[at] ?? '';
  if (text.startsWith('/*', at)) return text.indexOf('*/', at) + 2;
  if (text.startsWith('//', at)) return text.indexOf('\n', at) + 1;
  if (!'\'"`'.includes(char)) return at;
  let end = at + 1;
  while (end < text.length && text[end] !== char) end += text[end] === '\\' ? 2 : 1;
  return end + 1;
};

/** The text of the parameter list, in its parts. */
const parts = (text: string): string[] => {
  const found: string[] = [];
  let depth = 0;
  let part = '';
  for (let at = text.indexOf('('); at >= 0 && at < text.length; at++) {
    const after = afterText(text, at);
    if (after > at) {
      at = after - 1;
      continue;
    }
    const char = text[at]!;
    if (closing.has(char) && --depth === 0) break;
    if (char === ',' && depth === 1) {
      found.push(part);
      part = '';
    } else if (depth > 0) part += char;
    if (opening.has(char)) depth++;
  }
  return part.trim() === '' ? found : [...found, part];
};

export const parameterNames = (fn: unknown): string[] => {
  const text = String(fn);
  const bare = /^(?:async\s+)?([\w$]+)\s*=>/.exec(text);
  if (bare !== null) return [bare[1]!];
  return parts(text).map(
    (part) => /^\s*(?:\.\.\.)?\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*(?:=|$)/u.exec(part)?.[1] ?? '',
  );
};
