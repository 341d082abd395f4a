// Every case of the contract, by group.
import type { Case } from './case.js';
import { endingCases } from './ending-cases.js';
import { guardCases } from './guard-cases.js';
import { mapCases } from './map-cases.js';
import { noteCases } from './note-cases.js';
import { runCases } from './run-cases.js';
import { throwCases } from './throw-cases.js';
import { triggerCases } from './trigger-cases.js';
import { waitCases } from './wait-cases.js';

export const groups: Record<string, Case[]> = {
  ...triggerCases,
  ...mapCases,
  ...runCases,
  ...guardCases,
  ...waitCases,
  ...endingCases,
  ...noteCases,
  ...throwCases,
};
