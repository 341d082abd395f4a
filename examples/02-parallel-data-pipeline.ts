// The seed's "Parallel Data Pipeline": a month of weather for each mapped task run, in parallel over several processes.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { flow, isMain, task } from 'perdure';

type Day = { date: string; rain: number; max: number; min: number; weather: string };
type Month = { month: string; days: Day[] };

const extractData = task('extract_data', async (): Promise<Month[]> => {
  const file = new URL('../node_modules/vega-datasets/data/seattle-weather.csv', import.meta.url);
  const rows = (await readFile(file, 'utf8')).trim().split('\n').slice(1);
  const days = rows
    .map((row) => row.split(','))
    .map(([date = '', rain, max, min, , weather = '']) => ({
      ...{ date, weather, rain: Number(rain), max: Number(max), min: Number(min) },
    }));
  const months = [...new Set(days.map((day) => day.date.slice(0, 7)))];
  return months.map((month) => ({ month, days: days.filter((day) => day.date.startsWith(month)) }));
});

const transformData = task('transform_data', { retries: 3, retryDelay: '1s' }, async ({ month, days }: Month) => {
  const wettest = days.reduce((a, b) => (b.rain > a.rain ? b : a));
  const mean = days.reduce((sum, day) => sum + (day.max + day.min) / 2, 0) / days.length;
  const rainMm = Math.round(days.reduce((sum, day) => sum + day.rain, 0));
  return {
    month,
    meanC: Number(mean.toFixed(1)),
    rainMm,
    rainyDays: days.filter((d) => d.rain > 0).length,
    wettest: wettest.date,
  };
});

const loadData = task('load_data', async (months: Awaited<ReturnType<typeof transformData.fn>>[]) => {
  await mkdir('output', { recursive: true });
  await writeFile('output/seattle-weather.json', JSON.stringify(months, null, 2));
  const wettest = months.reduce((a, b) => (b.rainMm > a.rainMm ? b : a));
  return {
    file: 'output/seattle-weather.json',
    months: months.length,
    wettestMonth: wettest.month,
    rainMm: wettest.rainMm,
  };
});

export const pipeline = flow('Parallel Data Pipeline', () => {
  const data = extractData();
  const transformed = transformData.map(data);
  return loadData(transformed);
});

if (isMain(import.meta)) console.log(await pipeline.run());
