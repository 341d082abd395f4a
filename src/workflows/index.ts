/**
 * The door "perdure" as flow code sees it in Temporal's sandbox (export condition `perdure-sandbox`). Everything that
 * belongs to the host is refused by name. SANDBOX.
 */
import { provideQuiet } from '../authoring/engine/quietly.js';
import { markSandbox } from '../authoring/realm.js';
import { AuthoringError } from '../core/errors.js';
import { installFlowLog } from './log-sink.js';
import { withoutStackTraces } from './quiet-promises.js';

export * from '../authoring/index.js';
export { patched, deprecatePatch } from '@temporalio/workflow';

markSandbox();
installFlowLog();
provideQuiet(withoutStackTraces);

const hostOnly = (name: string) => (): never => {
  throw new AuthoringError(
    'CALLED_INSIDE_FLOW',
    `${name}(…) was called inside a flow. It belongs to the program that starts runs, not to the flow itself.`,
    { details: { name } },
  );
};

export const inline = hostOnly('inline');
export const local = hostOnly('local');
export const temporal = hostOnly('temporal');
export const getRun = hostOnly('getRun');
/** Never the program itself in here. */
export const isMain = (): boolean => false;
