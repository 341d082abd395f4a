// The seed's "Data Pipeline": three tasks, one after the other. Outputs passed on make the dependencies;
// `sequence` adds the ones that carry no data (Prefect's and Airflow's `>>`).
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { flow, isMain, sequence, task } from 'perdure';

type Row = { country: string; year: number; life_expect: number; pop: number };

const prepareFolder = task('prepare_folder', async () => {
  await mkdir('output', { recursive: true });
});

const extractData = task('extract_data', async () => {
  const file = new URL('../node_modules/vega-datasets/data/gapminder.json', import.meta.url);
  return JSON.parse(await readFile(file, 'utf8')) as Row[];
});

const transformData = task('transform_data', async (rows: Row[]) => {
  const gained = (country: string) => {
    const years = rows.filter((row) => row.country === country).map((row) => row.life_expect);
    return { country, yearsGained: Number((Math.max(...years) - Math.min(...years)).toFixed(1)) };
  };
  return [...new Set(rows.map((row) => row.country))].map(gained).sort((a, b) => b.yearsGained - a.yearsGained);
});

const loadData = task('load_data', async (transformed: { country: string; yearsGained: number }[]) => {
  await writeFile('output/life-expectancy.json', JSON.stringify(transformed, null, 2));
  return { file: 'output/life-expectancy.json', countries: transformed.length, most: transformed[0] };
});

export const pipeline = flow('Data Pipeline', () => {
  const loaded = loadData(transformData(extractData()));
  sequence(prepareFolder(), loaded); // the seed's  prepare_folder >> load_data
  return loaded;
});

if (isMain(import.meta)) console.log(await pipeline.run());
