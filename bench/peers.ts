/**
 * The seed's pipeline, a chain and maps of no-op tasks: perdure and hand-written SDK code on one embedded server, and
 * the peers that `bench/peers/install.mjs` has installed, warm, in turns, in one run. Prints a table for people.
 * node --import tsx bench/peers.ts [--rounds 5] [--sizes 100,1000,10000] [--peers Dask,DBOS]
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openField } from './map/field.js';
import type { Contender } from './peers/contender.js';
import { contest, type Result } from './peers/contest.js';
import { startPeers } from './peers/start-peers.js';
import { median, spread } from './statistics.js';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    sizes: { type: 'string', default: '100,1000,10000' },
    peers: { type: 'string' },
  },
});
const rounds = Number(options.rounds);
const sizes = options.sizes.split(',').map(Number);
const wanted = options.peers?.split(',').map((name) => name.trim().toLowerCase());

const peers = startPeers(
  (name) => name !== 'tinypool' && (wanted?.some((part) => name.toLowerCase().includes(part)) ?? true),
);
const field = await openField(fileURLToPath(new URL('flows.ts', import.meta.url)));
const all: Contender[] = [field.raw, field.perdure, ...peers.contenders];
const notes: string[] = [...peers.missing];

/** A contender's row, cell by cell. */
const rows = new Map<string, string[]>(all.map(({ name }) => [name, []]));
const titles: string[] = [];
const out = new Set<string>();

const enter = (title: string, n: number, results: readonly Result[]): void => {
  titles.push(title);
  for (const { name, times, failure } of results) {
    const perSecond = ((n / median(times)) * 1_000).toFixed(0);
    rows.get(name)?.push(failure === undefined ? `${spread(times)}, ${perSecond}/s` : 'failed');
    if (failure === undefined) continue;
    notes.push(`${name}: ${failure}`);
    out.add(name);
  }
  for (const name of out) if (!results.some((result) => result.name === name)) rows.get(name)?.push('–');
};

/** Raw's best window is looked for first, in the same run. */
const bestWindow = async (): Promise<string> => {
  const entrants = ['map50', 'map100', 'map200'].map((work) => ({ contender: field.raw, work }));
  const tried = await contest(entrants, Math.min(1_000, Math.max(...sizes)), {
    rounds: Math.min(rounds, 3),
    warmUp: true,
  });
  return tried.reduce((a, b) => (median(b.times) < median(a.times) ? b : a)).work;
};

const rawMap = await bestWindow();
const measure = async (title: string, work: string, n: number): Promise<void> => {
  const entrants = all
    .filter(({ name }) => !out.has(name))
    .map((contender) => ({ contender, work: work === 'map' && contender === field.raw ? rawMap : work }));
  // From 10,000 on a round of all peers takes minutes, and everything is warm by then.
  const isLong = n >= 10_000;
  enter(title, n, await contest(entrants, n, { rounds: isLong ? 1 : rounds, warmUp: !isLong }));
  console.error(`${title}: measured`);
};

await measure('seed pipeline, 10 items', 'seed', 10);
await measure('chain of 50', 'chain', 50);
for (const n of sizes) await measure(`map of ${n.toLocaleString('en')}`, 'map', n);

console.log(
  `Node ${process.version}, ${rounds} rounds in turns, medians (min–max); raw's window for maps: ${rawMap.slice(3)}`,
);
console.log(`| | ${titles.join(' | ')} |\n|${'---|'.repeat(titles.length + 1)}`);
for (const [name, cells] of rows) console.log(`| ${name} | ${cells.join(' | ')} |`);
for (const note of notes) console.log(`\n- ${note}`);

await Promise.all([peers.close(), field.close()]);
process.exit(0);
