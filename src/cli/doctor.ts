/** stub */
import type { Verb } from './verbs.js';
export const doctor: Verb = async () => 1;
