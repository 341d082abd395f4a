/** stub */
import type { Verb } from './verbs.js';
export const worker: Verb = async () => 1;
