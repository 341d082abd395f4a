/**
 * Maps of any size: perdure beside hand-written SDK code with batches made by hand, on one embedded server, and the
 * peers that `bench/peers/install.mjs` has installed, warm, in turns, in one run. Prints tables: time, items a second, events, the highest
 * resident memory of each process, bytes in the store.
 * node --import tsx bench/map.ts [--rounds 3] [--cases noop,cpu,stages,bytes] [--only 'perdure;raw, range'] [100 1000 … 10000000]
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bytesCases, type Case, type CaseEntry, cpuCase, noopCase, stagesCase } from './map/cases.js';
import { openField } from './map/field.js';
import { type MemoryPeak, type MemoryWatch, watchMemory } from './map/peak-memory.js';
import { calibrateSpin } from './map/spin-time.js';
import { printCase } from './map/table.js';
import type { Contender } from './peers/contender.js';
import { contest, type Entrant } from './peers/contest.js';
import { startPeers } from './peers/start-peers.js';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    cases: { type: 'string', default: 'noop' },
    /** Beginnings of the ways that are to be measured, with `;` between them. */
    only: { type: 'string' },
  },
});
const rounds = Number(options.rounds);
const sizes = positionals.length > 0 ? positionals.map(Number) : [100, 1_000, 10_000];
const wanted = options.cases.split(',');
const only = options.only?.split(';');

const cases: Case[] = [
  ...(wanted.includes('noop') ? sizes.map(noopCase) : []),
  ...(wanted.includes('cpu') ? [cpuCase()] : []),
  ...(wanted.includes('stages') ? [stagesCase()] : []),
  ...(wanted.includes('bytes') ? bytesCases() : []),
];

const env = { BENCH_SPIN: String(await calibrateSpin(50)) };
const isWanted = ({ way }: CaseEntry): boolean => only?.some((part) => way.startsWith(part.trim())) ?? true;
const entered = new Set<string>(cases.flatMap(({ entries }) => entries.filter(isWanted).map(({ who }) => who)));
const peers = startPeers((name) => entered.has(name), env);
const field = await openField(fileURLToPath(new URL('map/flows.ts', import.meta.url)), env);
const contenders = new Map<string, Contender>(
  [field.raw, field.perdure, ...peers.contenders].map((one) => [one.name, one]),
);

interface Memory {
  memory: MemoryPeak | undefined;
  serverMemory: MemoryPeak | undefined;
}

const measure = async ({ title, n, entries }: Case): Promise<void> => {
  const here = entries.filter(isWanted).flatMap((entry) => {
    const contender = contenders.get(entry.who);
    return contender === undefined ? [] : [{ ...entry, contender }];
  });
  const memory = new Map<Entrant, Memory>();
  let watches: { own: MemoryWatch; server: MemoryWatch } | undefined;
  const results = await contest(here, n, {
    rounds,
    // A million items warm everything by themselves, and a round that does not count would take as long as one that does.
    warmUp: n < 1_000_000,
    timeoutMs: 1_800_000,
    before: ({ contender }) => {
      // Of a contender that failed.
      watches?.own.stop();
      watches?.server.stop();
      watches = { own: watchMemory(contender.pid), server: watchMemory(field.serverPid) };
    },
    after: (entrant) => {
      memory.set(entrant, { memory: watches?.own.stop(), serverMemory: watches?.server.stop() });
    },
  });
  printCase(
    { title, n },
    results.map((result, i) => ({ ...result, way: here[i]!.way, against: here[i]!.against, ...memory.get(here[i]!) })),
  );
};

console.log(`Node ${process.version}, ${rounds} rounds in turns, medians (min–max); memory is the last round's`);
for (const one of cases) await measure(one);
for (const line of peers.missing) console.log(`\n- ${line}`);

await Promise.all([peers.close(), field.close()]);
process.exit(0);
