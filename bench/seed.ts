// The seed's pipeline with three no-op tasks, for `perdure run` from shell to shell.
import { flow, task } from 'perdure';

const extractData = task('extract_data', async () => [1, 2, 3]);
const transformData = task('transform_data', async (x: number) => x * 2);
const loadData = task('load_data', async (xs: number[]) => xs.length);

export const pipeline = flow('Parallel Data Pipeline', () => loadData(transformData.map(extractData())));
