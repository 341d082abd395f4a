/**
 * What stands between a task's attempt and its body: limits and the cache, as plain data. Pure. Functions among the
 * options stay where the user's code is; who runs bodies asks there for the keys (`GuardKeys`).
 */
export interface LimitRule {
  name: string;
  /** How many at one time. */
  slots?: number;
  /** How many begin in a second. */
  perSecond?: number;
  /** Of those that are not worked out from arguments. */
  key?: string;
}

export interface TaskGuards {
  limits: LimitRule[];
  cache?: { expiresMs?: number };
  /** Whether the child has to be asked for the keys. */
  asks: boolean;
}

/** Of one call with its arguments. */
export interface GuardKeys {
  /** In the order of the task's limits. */
  limits: string[];
  cache?: {
    /** sha256 in hex. */
    key: string;
    /** Compute anew, and replace what is there. */
    refresh: boolean;
  };
}
