/** The ids that runs get. */
import { runIdOf } from '../../src/client/run-id.js';

test('an id is made of the flow, the day and chance', () => {
  const id = runIdOf(undefined, { name: 'Überfällige Rechnungen' }, {});
  expect(id).toMatch(/^uberfallige-rechnungen-\d{8}-[0-9a-f]{8}$/);
  expect(runIdOf(undefined, { name: 'Überfällige Rechnungen' }, {})).not.toBe(id);
});

test('the name of a flow makes the ids of its runs', () => {
  expect(runIdOf(undefined, { name: 'Day Report', idTemplate: '{flow}-of-{day}' }, { day: 'monday' })).toBe(
    'day-report-of-monday',
  );
  expect(runIdOf(undefined, { name: 'Day Report', idTemplate: 'report-{date}-{random}' }, {})).toMatch(
    /^report-\d{8}-[0-9a-f]{8}$/,
  );
  expect(runIdOf(undefined, { name: 'Day Report', idTemplate: '{nobody}' }, {})).toBe('{nobody}');
});

test.each([
  ['nothing', ''],
  ['a space', ' '],
  ['801 letters', 'x'.repeat(801)],
  ['802 bytes', 'é'.repeat(401)],
])('%s is no id, whoever gives it', (_, id) => {
  const refusal = (option: string) =>
    expect.objectContaining({ code: 'BAD_OPTION', details: { option, flowName: 'Day Report' } });
  expect(() => runIdOf(id, { name: 'Day Report' }, {})).toThrow(refusal('id'));
  expect(() => runIdOf(undefined, { name: 'Day Report', idTemplate: '{day}' }, { day: id })).toThrow(refusal('name'));
  expect(runIdOf('x'.repeat(800), { name: 'Day Report' }, {})).toHaveLength(800);
});
