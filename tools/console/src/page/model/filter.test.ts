import { matches } from './filter';
import type { Step } from './step';

const step: Step = {
  ...{ id: 1, at: 1, kind: 'parked', where: 'orders', subject: 'ticket:updated', aggregateId: 'abc', version: 2 },
  note: 'waits for version 1',
};

test.each([
  ['', '', true],
  ['ABC', '', true],
  ['ticket:', 'parked', true],
  ['version 1', '', true],
  ['', 'applied', false],
  ['payment', '', false],
] as const)('text %j and outcome %j: %s', (text, kind, shown) => {
  expect(matches({ text, kind }, step)).toBe(shown);
});
