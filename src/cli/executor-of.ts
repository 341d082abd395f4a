/** The local executor that the flags ask for. HOST. Apart from the flags themselves: help needs no executor. */
import { local, type LocalExecutor } from '../executors/index.js';
import type { ExecutorFlags } from './verb-command.js';

export const executorOf = ({
  processes,
  threads,
  inProcess,
  concurrency,
  store,
  secrets,
}: ExecutorFlags): LocalExecutor =>
  local({
    ...(processes === undefined ? {} : { processes }),
    ...(threads === undefined ? {} : { threads }),
    ...(inProcess === undefined ? {} : { inProcess }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(store === undefined ? {} : { store }),
    ...(secrets === undefined ? {} : { secrets }),
  });
