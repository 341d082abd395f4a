/** What is measured: by case, who does which work, and whom it is compared with. */

type Who = 'raw SDK' | 'perdure' | 'tinypool' | 'Dask' | 'DBOS' | 'Prefect 1, local' | 'Prefect 3';

export interface CaseEntry {
  who: Who;
  /** What the contender calls it. */
  work: string;
  /** What people read. */
  way: string;
  /** The way of another entry that this one's time is divided by. */
  against?: string;
}

export interface Case {
  title: string;
  n: number;
  entries: CaseEntry[];
}

/** No-op items. Beyond 20,000 an activity for each item outgrows what a raw history can hold. */
export const noopCase = (n: number): Case => {
  const single: CaseEntry[] = [
    { who: 'raw SDK', work: 'map100', way: 'raw, an activity each, 100 in flight' },
    {
      who: 'perdure',
      work: 'single',
      way: 'perdure, batch: false',
      ...(n <= 10_000 && { against: 'raw, an activity each, 100 in flight' }),
    },
  ];
  const batched: CaseEntry[] = [
    { who: 'raw SDK', work: 'range-1000', way: 'raw, range, 1,000 a batch' },
    { who: 'raw SDK', work: 'stored-1000', way: 'raw, stored items, 1,000 a batch' },
    { who: 'raw SDK', work: 'range-10000', way: 'raw, range, 10,000 a batch' },
    { who: 'raw SDK', work: 'stored-10000', way: 'raw, stored items, 10,000 a batch' },
    { who: 'perdure', work: 'range', way: 'perdure, range', against: 'raw, stored items, 1,000 a batch' },
    { who: 'perdure', work: 'stored', way: 'perdure, dataset', against: 'raw, stored items, 1,000 a batch' },
    { who: 'perdure', work: 'range-1000', way: 'perdure, range, batch: 1,000', against: 'raw, range, 1,000 a batch' },
    {
      who: 'perdure',
      work: 'range-10000',
      way: 'perdure, range, batch: 10,000',
      against: 'raw, range, 10,000 a batch',
    },
    {
      who: 'perdure',
      work: 'stored-10000',
      way: 'perdure, dataset, batch: 10,000',
      against: 'raw, stored items, 10,000 a batch',
    },
  ];
  // A million would take Prefect 1 two hours and DBOS 16 minutes: they are asked as far as a round takes a minute.
  const peers: (CaseEntry & { upTo: number })[] = [
    { who: 'Dask', work: 'batched', way: 'Dask, 10,000 a batch, in memory', upTo: Infinity },
    { who: 'Dask', work: 'map', way: 'Dask, a task each, in memory', upTo: 10_000 },
    { who: 'DBOS', work: 'map', way: 'DBOS, a step each', upTo: 10_000 },
    { who: 'Prefect 1, local', work: 'map', way: 'Prefect 1, in memory', upTo: 1_000 },
    { who: 'Prefect 3', work: 'map', way: 'Prefect 3', upTo: 1_000 },
  ];
  const entries = [...(n <= 20_000 ? single : []), ...batched, ...peers.filter(({ upTo }) => n <= upTo)].filter(
    // Raw's one history ends at 51,200 events, of which an activity takes three.
    ({ who, work }) => !(who === 'raw SDK' && work === 'map100' && n > 15_000),
  );
  return { title: `${n.toLocaleString('en')} no-op items`, n, entries };
};

export const cpuCase = (n = 200): Case => ({
  title: `${n} items of 50 ms CPU, two processes`,
  n,
  entries: [
    { who: 'tinypool', work: 'cpu', way: 'tinypool alone' },
    { who: 'perdure', work: 'cpu', way: 'perdure, an activity each', against: 'tinypool alone' },
    { who: 'perdure', work: 'cpu-10', way: 'perdure, batch: 10', against: 'tinypool alone' },
    { who: 'Dask', work: 'cpu', way: 'Dask' },
  ],
});

export const stagesCase = (n = 200): Case => ({
  title: `three chained stages, ${n} items of 0 to 19 ms in each`,
  n,
  entries: [
    { who: 'raw SDK', work: 'stages', way: 'raw, item by item, 100 in flight' },
    { who: 'perdure', work: 'stages', way: 'perdure', against: 'raw, item by item, 100 in flight' },
    {
      who: 'perdure',
      work: 'stages-single',
      way: 'perdure, batch: false',
      against: 'raw, item by item, 100 in flight',
    },
    { who: 'Dask', work: 'stages', way: 'Dask, in memory' },
  ],
});

export const bytesCases = (counts: readonly number[] = [1, 100, 10_000]): Case[] =>
  counts.map((n) => ({
    title: `100 MB as ${n.toLocaleString('en')} × ${(1e8 / n).toLocaleString('en')} bytes`,
    n,
    entries: [
      { who: 'raw SDK', work: 'bytes', way: 'raw, files of about 1 MB or more' },
      { who: 'perdure', work: 'bytes', way: 'perdure', against: 'raw, files of about 1 MB or more' },
    ],
  }));
