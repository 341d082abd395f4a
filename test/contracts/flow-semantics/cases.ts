// Every case of the contract, by group.
import type { Case } from './case.js';
import { mapCases } from './map-cases.js';
import { runCases } from './run-cases.js';
import { triggerCases } from './trigger-cases.js';

export const groups: Record<string, Case[]> = { ...triggerCases, ...mapCases, ...runCases };
