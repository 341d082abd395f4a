/** One item of a map, for people and programs to look at. Pure data. */
import type { State } from '../state.js';

export interface ItemView {
  /** Within the map. */
  index: number;
  state: State;
  /** 1-based count of those begun. */
  attempts: number;
  /** How long the item took, attempts and delays together; absent until it has ended, and where it is not known. */
  ms?: number;
  error?: { name?: string; message: string; stack?: string };
}

/** Which items to give: `limit` (default 100) from index `from` (default 0). */
export interface ItemPage {
  from?: number;
  limit?: number;
}
