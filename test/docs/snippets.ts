/**
 * The fenced code of a Markdown file. What is done with a snippet stands behind its language:
 * `ts` or `ts check` type-checks; `ts run` also runs it with `perdure run`; `ts script` also runs it as a program;
 * `file=NAME`, or a first line `// NAME`, lets other snippets of the same document name it; `sh run` is executed; `sh no-run REASON` is not.
 */
import { readFileSync } from 'node:fs';

export const codeLanguages = new Set(['ts', 'tsx', 'js']);

export interface Snippet {
  document: string;
  /** 1-based, of the first line of code. */
  line: number;
  language: string;
  how: 'check' | 'run' | 'script' | 'no-run' | 'unmarked';
  /** Of `no-run`: why. */
  reason: string;
  file: string | undefined;
  code: string;
}

const parse = (info: string): Pick<Snippet, 'language' | 'how' | 'reason' | 'file'> => {
  const [language = '', ...words] = info.trim().split(/\s+/);
  const file = /(?:^|\s)file=(\S+)/.exec(info)?.[1];
  const reason = /no-run:?\s+(.+)$/.exec(info)?.[1] ?? '';
  const how = reason
    ? 'no-run'
    : ((['run', 'script', 'check'] as const).find((word) => words.includes(word)) ??
      (codeLanguages.has(language) ? 'check' : 'unmarked'));
  return { language, how, reason, file };
};

export const snippetsOf = (path: string, document: string): Snippet[] => {
  const lines = readFileSync(path, 'utf8').split(/\r?\n/);
  const snippets: Snippet[] = [];
  for (let i = 0; i < lines.length; i++) {
    const fence = /^(\s*)(```+)(.*)$/.exec(lines[i] ?? '');
    if (fence === null) continue;
    const [, indent = '', ticks = '```', info = ''] = fence;
    const start = i + 1;
    while (++i < lines.length && (lines[i] ?? '').trim() !== ticks);
    const code = lines.slice(start, i).map((line) => line.slice(line.startsWith(indent) ? indent.length : 0));
    const named = /^\/\/ (\S+\.[cm]?[jt]sx?)$/.exec(code[0] ?? '')?.[1];
    const parsed = parse(info);
    snippets.push({
      document,
      line: start + 1,
      ...parsed,
      file: parsed.file ?? named,
      code: code.join('\n'),
    });
  }
  return snippets;
};
