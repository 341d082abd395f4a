// The seed's "Parallel Data Pipeline": a month of weather for each mapped task run, in parallel over several processes.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { flow, isMain, task } from 'perdure';

type Month = { month: string; days: { date: string; rain: number; max: number; min: number }[] };

const extractData = task('extract_data', async (): Promise<Month[]> => {
  const file = new URL('../node_modules/vega-datasets/data/seattle-weather.csv', import.meta.url);
  const lines = (await readFile(file, 'utf8')).trim().split('\n').slice(1);
  const days = lines.map((line) => {
    const [date = '', rain, max, min] = line.split(',');
    return { date, rain: Number(rain), max: Number(max), min: Number(min) };
  });
  const months = [...new Set(days.map(({ date }) => date.slice(0, 7)))];
  return months.map((month) => ({ month, days: days.filter(({ date }) => date.startsWith(month)) }));
});

const transformData = task('transform_data', { retries: 3, retryDelay: '1s' }, async ({ month, days }: Month) => {
  const wettest = days.reduce((a, b) => (b.rain > a.rain ? b : a)).date;
  const meanC = Number((days.reduce((sum, day) => sum + (day.max + day.min) / 2, 0) / days.length).toFixed(1));
  const rainMm = Math.round(days.reduce((sum, day) => sum + day.rain, 0));
  return { month, meanC, rainMm, rainyDays: days.filter((day) => day.rain > 0).length, wettest };
});

const loadData = task('load_data', async (months: Awaited<ReturnType<typeof transformData.fn>>[]) => {
  const file = 'output/seattle-weather.json';
  await mkdir('output', { recursive: true });
  await writeFile(file, JSON.stringify(months, null, 2));
  const { month, rainMm } = months.reduce((a, b) => (b.rainMm > a.rainMm ? b : a));
  return { file, months: months.length, wettestMonth: month, rainMm };
});

export const pipeline = flow('Parallel Data Pipeline', () => {
  const data = extractData();
  const transformed = transformData.map(data);
  return loadData(transformed);
});

if (isMain(import.meta)) console.log(await pipeline.run());
