// A case of Prefect's own: named as its test or page names it, written anew.
import type { Case } from '../../contracts/flow-semantics/case.js';

export interface PortedCase extends Case {
  /** What Prefect gives, where ours is another. SEMANTICS.md, "What Prefect means, and what we do", decides. */
  prefect?: string;
  /** Needs child processes, or time that is not skipped. */
  isServerOnly?: true;
  /** Tells the order of what is by chance the one or the other first where bodies run in processes. */
  isMemoryOnly?: true;
}

export const causeOf = (error: unknown): Error => (error as Error).cause as Error;
export const codeOf = (error: unknown): string => (error as { code: string }).code;
