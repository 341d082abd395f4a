/** stub */
import type { Verb } from './verbs.js';
export const build: Verb = async () => 1;
