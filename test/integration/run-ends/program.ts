// Brings runs to their ends from outside and from inside; prints one JSON object: what came of each.
import { getRun, PerdureError } from 'perdure';
import * as flows from './flows.js';

/** What is used of the SDK's own handle. */
interface Workflow {
  terminate(reason: string): Promise<unknown>;
  describe(): Promise<{ status: { name: string } }>;
  fetchHistory(): Promise<{ events?: { activityTaskScheduledEventAttributes?: unknown }[] }>;
}

const describe = (error: unknown): object => {
  const { name, message, cause } = error as Error;
  const own = error instanceof PerdureError ? { code: error.code, details: error.details } : {};
  return { name, message, ...own, ...(cause === undefined ? {} : { cause: describe(cause) }) };
};

const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50));
};

/** A run of the endless flow whose task is under way. */
const underWay = async (id: string) => {
  const handle = await flows.endless.start({}, { id });
  await until(async () => (await handle.tasks()).tasks.some(({ state }) => state === 'Running'));
  return handle;
};

const scenes: Record<string, () => Promise<unknown>> = {
  flowTimedOut: () => flows.bounded1s.run(),
  childTimedOut: () => flows.parentOfBounded.run(),
  taskTimedOut: () => flows.boundedTask.run(),
  localFails: () => flows.brittleFlow.run(),
  again: () => flows.again.run(),
  async tooWide() {
    const handle = await flows.wide.start({ n: 20_000 });
    const error = await handle.result().catch(describe);
    const { events } = await (handle.workflow as Workflow).fetchHistory();
    const scheduled = events?.filter((event) => event.activityTaskScheduledEventAttributes).length;
    return { error, tasks: (await handle.tasks()).tasks, scheduled };
  },
  badParams: () => flows.strict.run({ day: 7 } as never, { id: 'never started' }),
  sourceUnknown: () => flows.elsewhere.run(),
  async terminated() {
    const handle = await underWay('terminated');
    await (handle.workflow as Workflow).terminate('tired of it');
    return { error: await handle.result().catch(describe), state: await handle.state() };
  },
  async cancelled() {
    const handle = await underWay('cancelled');
    const before = await handle.state();
    await handle.cancel();
    return {
      before,
      error: await handle.result().catch(describe),
      state: await handle.state(),
      view: await handle.tasks(),
    };
  },
  async cancelledTwice() {
    const handle = await flows.impatient.start({}, { id: 'cancelled twice' });
    await until(async () => (await handle.tasks()).tasks.filter(({ state }) => state === 'Completed').length === 2);
    await handle.cancel();
    return { error: await handle.result().catch(describe), state: await handle.state() };
  },
  async attached() {
    await flows.quick.run({ x: 20 }, { id: 'kept' });
    const handle = await getRun('kept');
    return { value: await handle.result(), flowName: handle.flowName, state: await handle.state() };
  },
  unknownRun: () => getRun('nope'),
  neverStarted: () => getRun('never started'),
  async sameId() {
    await flows.quick.run({}, { id: 'taken' });
    return flows.quick.run({}, { id: 'taken' });
  },
};

// One run stays under way meanwhile: `getRun` looks for a server that is up.
const holder = await underWay('holder');
const ends: Record<string, unknown> = {};
await Promise.all(
  Object.entries(scenes).map(async ([name, scene]) => {
    try {
      ends[name] = { value: await scene() };
    } catch (error) {
      ends[name] = { error: describe(error) };
    }
  }),
);
await holder.cancel();
await holder.result().catch(() => undefined);
// What its run was started in is closed once no server is up.
await until(() =>
  getRun('holder').then(
    () => false,
    () => true,
  ),
);
const { status } = await (holder.workflow as Workflow).describe();
ends['late'] = {
  value: [
    status.name,
    await holder.state(),
    (await holder.tasks()).state,
    await holder.pause().catch((error) => error.code),
  ],
};
console.log(JSON.stringify(ends));
