// Runs each flow of maps.ts and prints one JSON object: how every one ended, and what can be seen of its items.
import type { PerdureError, RunHandle } from 'perdure';
import * as maps from './maps.js';

type Runnable = { start(params?: unknown): Promise<RunHandle<unknown>> };
const params: Record<string, unknown> = { bigParam: { given: 'x'.repeat(5_000_000) } };

const outcomes: Record<string, unknown> = {};
for (const [name, flow] of Object.entries(maps as unknown as Record<string, Runnable>)) {
  const handle = await flow.start(params[name]);
  try {
    const value = await handle.result();
    outcomes[name] = { value: typeof value === 'string' ? value.length : value };
  } catch (error) {
    const { message, code, details } = error as PerdureError;
    outcomes[name] = { error: { message, code, details } };
  }
  if (name === 'failing') outcomes['items'] = await handle.items('no seventh-0', { from: 5, limit: 3 });
  if (name === 'retriedItem') outcomes['retried'] = await handle.items('once-0', { from: 299, limit: 2 });
  if (name === 'failures') outcomes['view'] = (await handle.tasks()).tasks.map(({ id, counts }) => ({ id, counts }));
}
console.log(JSON.stringify(outcomes, (_, value: unknown) => (value === undefined ? 'undefined' : value)));
