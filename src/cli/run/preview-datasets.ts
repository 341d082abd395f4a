/**
 * Datasets in a run's value as a shell shows them: how many items, and the first few. HOST. Never reads more than that:
 * a dataset may hold more than a terminal, or this process, could take.
 */
import { Dataset } from '../../core/dataset.js';
import { walkValue } from '../../core/walk-value.js';

/** What is printed in place of a dataset. */
interface DatasetPreview {
  dataset: { length: number; first: unknown[] };
}

/** Items of each dataset that are shown. */
const previewItems = 10;

const previewOf = async (dataset: Dataset<unknown>): Promise<DatasetPreview> => ({
  dataset: { length: dataset.length, first: await dataset.slice(0, previewItems).toArray() },
});

/**
 * `value` with a preview in the place of each dataset, at any depth of arrays and plain objects: a value that was just
 * decoded is nobody's yet, and is changed itself. @throws ResultStoreError
 */
export const previewDatasets = async (value: unknown): Promise<unknown> => {
  if (value instanceof Dataset) return previewOf(value);
  const found: { holder: Record<string, unknown>; key: string; dataset: Dataset<unknown> }[] = [];
  walkValue(value, (one) => {
    for (const [key, part] of Object.entries(one))
      if (part instanceof Dataset) found.push({ holder: one as Record<string, unknown>, key, dataset: part });
    return false;
  });
  for (const { holder, key, dataset } of found) holder[key] = await previewOf(dataset);
  return value;
};
