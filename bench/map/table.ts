/** A case's results as a table for people, in Markdown. */
import type { Result } from '../peers/contest.js';
import { median, spread } from '../statistics.js';
import type { MemoryPeak } from './peak-memory.js';

export interface Row extends Result {
  way: string;
  against?: string | undefined;
  /** The contender's own process and those that it started. */
  memory?: MemoryPeak | undefined;
  serverMemory?: MemoryPeak | undefined;
}

export interface TableHead {
  title: string;
  n: number;
}

const megabytes = (mb: number): string => `${mb.toFixed(0)} MB`;

const processes = (memory: MemoryPeak | undefined): string => {
  if (memory === undefined) return '–';
  const { own, children } = memory;
  return [own, ...children].map(megabytes).join(' + ');
};

const count = (value: unknown): string => (typeof value === 'number' ? value.toLocaleString('en') : '–');

/** `–` where the other one was not measured. */
const ratio = (row: Row, rows: readonly Row[]): string => {
  const other = rows.find(({ way }) => way === row.against);
  if (other === undefined || other.times.length === 0) return '–';
  return `**${(median(row.times) / median(other.times)).toFixed(2)}** (${other.way})`;
};

export const printCase = ({ title, n }: TableHead, rows: readonly Row[]): void => {
  console.log(`\n## ${title}\n`);
  console.log('| way | time | items/s | times another | events | memory: host + children | server | stored |');
  console.log('|---|---|---|---|---|---|---|---|');
  for (const row of rows) {
    if (row.failure !== undefined) {
      console.log(`| ${row.way} | failed: ${row.failure.replaceAll('|', '/').replaceAll('\n', ' ')} | | | | | | |`);
      continue;
    }
    const bytes = row.last?.['storeBytes'];
    const cells = [
      row.way,
      spread(row.times),
      Math.round((n / median(row.times)) * 1_000).toLocaleString('en'),
      ratio(row, rows),
      count(row.last?.['events']),
      processes(row.memory),
      processes(row.serverMemory),
      typeof bytes === 'number' ? `${(bytes / 1e6).toFixed(1)} MB` : '–',
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
};
