/** The ids that runs get. */
import { newRunId } from '../../src/client/run-id.js';

test('an id is made of the flow, the day and chance', () => {
  const id = newRunId('Überfällige Rechnungen', undefined, {});
  expect(id).toMatch(/^uberfallige-rechnungen-\d{8}-[0-9a-f]{8}$/);
  expect(newRunId('Überfällige Rechnungen', undefined, {})).not.toBe(id);
});

test('the name of a flow makes the ids of its runs', () => {
  expect(newRunId('Day Report', '{flow}-of-{day}', { day: 'monday' })).toBe('day-report-of-monday');
  expect(newRunId('Day Report', 'report-{date}-{random}', {})).toMatch(/^report-\d{8}-[0-9a-f]{8}$/);
  expect(newRunId('Day Report', '{nobody}', {})).toBe('{nobody}');
});
