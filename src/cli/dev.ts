/** stub */
import type { Verb } from './verbs.js';
export const dev: Verb = async () => 1;
