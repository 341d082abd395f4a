/** An artifact as lines of the terminal. HOST, pure. */
import type { Artifact } from '../../core/artifact.js';
import { displayWidth, oneLine, padded, printable, shorten } from '../printable.js';
import type { Style } from '../terminal.js';

const maxColumn = 40;
const cellOf = (value: unknown): string =>
  value === undefined || value === null
    ? ''
    : oneLine(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

const tableLines = (rows: readonly Record<string, unknown>[], { colors, unicode }: Style): string[] => {
  if (rows.length === 0) return ['  (no rows)'];
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = rows.map((row) => names.map((name) => cellOf(row[name])));
  const widths = names.map((name, i) =>
    Math.min(maxColumn, Math.max(displayWidth(oneLine(name)), ...cells.map((row) => displayWidth(row[i] ?? '')))),
  );
  const line = (parts: readonly string[]): string =>
    `  ${parts.map((part, i) => padded(shorten(part, widths[i] ?? 0), widths[i] ?? 0)).join('  ')}`.trimEnd();
  const rule = `  ${widths.map((width) => (unicode ? '─' : '-').repeat(width)).join('  ')}`;
  return [colors.bold(line(names.map(oneLine))), colors.dim(rule), ...cells.map(line)];
};

/** Headings bold, lists with marks; the rest stays text. */
const markdownLines = (text: string, { colors, unicode }: Style): string[] =>
  printable(text)
    .trimEnd()
    .split('\n')
    .map((line) => {
      const heading = /^#{1,6}\s+(.*)$/.exec(line);
      if (heading) return `  ${colors.bold(heading[1] ?? '')}`;
      const said = line.replace(/^(\s*)[-*+]\s+/, (_, space: string) => `${space}${unicode ? '•' : '*'} `);
      return `  ${said.replace(/\*\*([^*]+)\*\*/g, (_, bold: string) => colors.bold(bold))}`;
    });

const progressLine = (share: number, { unicode, colors }: Style): string => {
  const full = Math.round(share * 20);
  const [on, off] = unicode ? ['█', '░'] : ['#', '.'];
  return `${colors.green(on.repeat(full))}${colors.dim(off.repeat(20 - full))} ${Math.floor(share * 100)}%`;
};

const bodyLines = (artifact: Artifact, style: Style): string[] => {
  switch (artifact.kind) {
    case 'table':
      return tableLines(artifact.rows, style);
    case 'markdown':
      return markdownLines(artifact.text, style);
    case 'link':
      return [`  ${oneLine(artifact.url)}`];
    case 'image': {
      const data = /^data:([\w/+.-]+);base64,(.*)$/s.exec(artifact.url);
      return [
        data ? `  ${data[1]}, ${Math.floor(((data[2] ?? '').length * 3) / 4)} bytes` : `  ${oneLine(artifact.url)}`,
      ];
    }
    case 'progress': {
      const counted = artifact.total === undefined ? '' : ` (${artifact.done} of ${artifact.total})`;
      return [`  ${progressLine(artifact.share, style)}${counted}`];
    }
  }
};

export const artifactLines = (artifact: Artifact, style: Style): string[] => {
  const { colors } = style;
  const described = artifact.description === undefined ? '' : `: ${oneLine(artifact.description)}`;
  return [
    `${colors.bold(artifact.key)} ${colors.dim(`${artifact.kind} of ${oneLine(artifact.taskRunId)}`)}${described}`,
    ...bodyLines(artifact, style),
    '',
  ];
};
