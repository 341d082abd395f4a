/** Starts the run that was asked for, shows it to its end, and goes on with the file's unfinished runs meanwhile. HOST. */
import { type ClientRunHandle, existingRun, startRun } from '../../client.js';
import type { FlowSummary } from '../../activities/task-host.js';
import { RunError } from '../../core/errors.js';
import type { UndeclaredParams } from '../../core/params.js';
import { isFinal, State } from '../../core/state.js';
import { findUnfinished, hostRuns, takeOverWhenAlone, tellWhenUnpolled } from '../../executors/index.js';
import { quotingHint } from '../params.js';
import { didYouMean } from '../../core/did-you-mean.js';
import { invocation, workerCommand } from '../invocation.js';
import { oneLine } from '../printable.js';
import { fromHere } from '../source-file.js';
import { say } from '../standard-streams.js';
import { cancelWhenInterrupted } from './cancel-run.js';
import { chooseFlow } from './choose-flow.js';
import { followOptions, waitForOthers } from './follow-others.js';
import { RunFollower } from './follow-run.js';
import { showLog } from './show-log.js';
import { reportRun, serverStays } from './report-run.js';
import { jsonLine } from './result-output.js';
import type { RunContext } from './run-file.js';
import { type Standstill, standstillLines, watchStandstill } from './standstill.js';

const chosenFlow = async ({ session, file, flags, params }: RunContext): Promise<FlowSummary> => {
  const { flows } = await session.manifest();
  // A shared worker hosts other files too: what this one cannot reach is not its flow.
  const reach = new Set([file, ...session.bundle.dependencies]);
  const reachable = flows.filter((flow) => flow.file === undefined || reach.has(flow.file));
  const flow = chooseFlow(reachable, { file, shown: fromHere(file), name: flags.flow });
  if (!flow.hasParams) {
    if (params !== undefined)
      say(
        `The flow '${oneLine(flow.name)}' declares no \`params\`: what was given is passed on unchecked, and ignored if it takes none.`,
      );
    return flow;
  }
  let undeclared: UndeclaredParams;
  try {
    undeclared = await session.checkParams(flow.name, params ?? {});
  } catch (error) {
    const hint = error instanceof RunError ? quotingHint(error.message, flags.param) : '';
    if (hint === '' || !(error instanceof RunError)) throw error;
    throw new RunError('BAD_PARAMS', `${error.message}.${hint}`, { cause: error.cause, details: error.details });
  }
  refuseUndeclared(flow.name, undeclared);
  return flow;
};

/** Who writes a name on a command line means it; a schema that drops it would run the flow without. */
const refuseUndeclared = (flowName: string, { names, declared }: UndeclaredParams): void => {
  const [name] = names;
  if (name === undefined) return;
  throw new RunError(
    'BAD_PARAMS',
    `The flow '${oneLine(flowName)}' has no parameter '${oneLine(name)}'.${didYouMean(name, declared)} It has: ${declared.map(oneLine).join(', ') || 'none'}`,
    { details: { flowName, issues: names.map((one) => `${one}: not a parameter of the flow`) } },
  );
};

const start = async (context: RunContext, flow: FlowSummary, taskQueue: string): Promise<ClientRunHandle<unknown>> => {
  const { session, file, flags, params } = context;
  const { name: idTemplate, ...options } = flow.start ?? {};
  try {
    return await startRun(
      session.client,
      { name: flow.name, idTemplate, ...options },
      {
        params: params ?? {},
        taskQueue,
        id: flags.id,
        tags: flags.tag,
        source: session.sourceOf(file),
        bundle: session.bundle.entries.find((entry) => entry.file === file)?.hash,
      },
    );
  } catch (error) {
    if (!(error instanceof RunError) || error.code !== 'RUN_EXISTS' || flags.id === undefined) throw error;
    const existing = await existingRun(session.client, flags.id);
    if (existing.flowName !== flow.name || isFinal(await existing.state())) throw error;
    say(
      `The run '${oneLine(flags.id)}' is under way: attached to it. It goes on with the parameters that it was started with.`,
    );
    return existing;
  }
};

const warnWithoutWorker = ({ session, file }: RunContext, taskQueue: string): void =>
  tellWhenUnpolled(session.client, taskQueue, () =>
    say(
      `No worker polls the task queue '${taskQueue}' yet: the run waits for one. Start it with: ${workerCommand(file, taskQueue)}`,
    ),
  );

const takeOverAloud = ({ session, file }: RunContext, run: { runId: string; taskQueue: string }) =>
  takeOverWhenAlone(session, {
    ...run,
    file,
    onTaken: () => say('The worker of this run is gone: it goes on here.'),
    onMixed: () =>
      say(
        `The worker of ${oneLine(run.runId)} is gone, and runs of other files wait in its queue too: it goes on when a worker of all of them is up (${invocation()} dev ${fromHere(file)} …).`,
      ),
  });

/** Follows the run to its end, or until it cannot go on. Gives the exit status. */
const followToEnd = async (
  context: RunContext,
  handle: ClientRunHandle<unknown>,
  alone: Promise<() => void> | undefined,
): Promise<number> => {
  const { session, flags, interrupts, display } = context;
  const stop = new AbortController();
  const follower = new RunFollower(
    handle,
    followOptions(context, (view) => display.show([view]), stop.signal),
  );
  const staying = serverStays(context);
  staying.catch(() => undefined);
  let standstill: Standstill | undefined;
  const stopLooking = watchStandstill(session.client, follower, {
    // Whoever has not given up may yet start a worker.
    whenNobody: () => interrupts.signal.aborted,
    onStandstill: (why) => {
      standstill = why;
      stop.abort();
    },
  });
  const endLog = showLog(context, handle);
  const { state, parked } = await Promise.race([follower.follow(), session.failed]).finally(endLog);
  stopLooking();
  (await alone)?.();
  if (standstill !== undefined && !follower.hasEnded) {
    display.close();
    const isCancelled = interrupts.signal.aborted;
    const lines = standstillLines(context, follower, { why: standstill, isCancelled, serverStays: await staying });
    for (const line of lines) say(line);
    const { runId, flowName: flow } = handle;
    if (flags.json) context.result(`${jsonLine({ runId, flow, state, parked, isUnfinished: true })}\n`);
    return interrupts.exitCode ?? 1;
  }
  const outcome = await reportRun(context, follower, staying);
  if (flags.json) context.result(`${jsonLine(outcome)}\n`);
  return state === State.Completed ? 0 : state === State.Cancelled ? (interrupts.exitCode ?? 1) : 1;
};

export const runFlow = async (context: RunContext): Promise<number> => {
  const { session, flags, interrupts } = context;
  const continuing = context.workersQueue === undefined ? findUnfinished(session, [context.file]) : undefined;
  continuing?.catch(() => undefined);
  // The worker is made while the file loads; a file that does not, or wrong parameters, are told first.
  const hosting = context.workersQueue === undefined ? session.taskQueue() : Promise.resolve(context.workersQueue);
  hosting.catch(() => undefined);
  const flow = await chosenFlow(context);
  const taskQueue = await hosting;
  const free = (await continuing)?.free ?? [];
  const others = free.filter(({ runId }) => runId !== flags.id);
  await hostRuns(session, free);
  const handle = await start(context, flow, taskQueue);
  cancelWhenInterrupted(context, handle);
  if (context.workersQueue !== undefined) warnWithoutWorker(context, taskQueue);
  if (others.length > 0)
    say(
      `Continuing ${others.length} unfinished run${others.length === 1 ? '' : 's'} of this file: ${others.map(({ runId }) => oneLine(runId)).join(', ')}`,
    );
  const alone =
    context.workersQueue === undefined ? takeOverAloud(context, { runId: handle.runId, taskQueue }) : undefined;
  const status = await followToEnd(context, handle, alone);
  if (others.length > 0 && interrupts.exitCode === undefined) await waitForOthers(context, others);
  return status;
};
