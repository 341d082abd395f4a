import { chooseFlow } from '../../src/cli/run/choose-flow.js';

const flows = (...names: string[]) => names.map((name) => ({ name, hasParams: false, file: '/p/main.ts' }));
const at = (name?: string) => ({ file: '/p/main.ts', shown: 'main.ts', name });

test('the only flow needs no name', () => {
  expect(chooseFlow(flows('a'), at()).name).toBe('a');
});

test("a file's own flow is meant, not those of a file that it imports", () => {
  const imported = { name: 'child', hasParams: false, file: '/p/child.ts' };
  expect(chooseFlow([imported, ...flows('main')], at()).name).toBe('main');
  expect(chooseFlow([imported, ...flows('main')], at('child')).name).toBe('child');
  expect(chooseFlow([imported], at()).name).toBe('child');
});

test('of several, the only one that is exported is meant; an export is a name too', () => {
  const [inner, outer] = flows('Clean up', 'Nightly Load');
  const file = [inner!, { ...outer!, exportedAs: 'nightly' }];
  expect(chooseFlow(file, at()).name).toBe('Nightly Load');
  expect(chooseFlow(file, at('nightly')).name).toBe('Nightly Load');
  expect(chooseFlow(file, at('Clean up')).name).toBe('Clean up');
  expect(() =>
    chooseFlow(
      file.map((flow) => ({ ...flow, exportedAs: flow.name })),
      at(),
    ),
  ).toThrow('has 2 flows');
});

test('several are listed, and a wrong name gets the likely one', () => {
  expect(() => chooseFlow(flows('nightly', 'hourly'), at())).toThrow('main.ts has 2 flows: choose one with --flow.');
  expect(() => chooseFlow(flows('nightly', 'hourly'), at('nigthly'))).toThrow("Did you mean 'nightly'?");
  expect(() => chooseFlow([], at())).toThrow('declares no flow');
});
