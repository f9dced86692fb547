import { appendSteps, SHOWN_STEPS } from './append-steps';
import type { Step } from './step';

const step = (id: number, at: number): Step => ({
  id,
  at,
  kind: 'applied',
  where: 'orders',
  subject: 'ticket:created',
});
const idsOf = (steps: readonly Step[]) => steps.map(({ id }) => id);

test('what became known late stands where it belongs by its time', () => {
  const steps = appendSteps([], [step(1, 100), step(2, 300)]);
  expect(idsOf(appendSteps(steps, [step(3, 200), step(4, 300)]))).toEqual([1, 3, 2, 4]);
});

test('after a reconnect what is sent twice is there once', () => {
  const steps = appendSteps([], [step(1, 1), step(2, 2)]);
  expect(idsOf(appendSteps(steps, [step(2, 2), step(3, 3)]))).toEqual([1, 2, 3]);
});

test('a page that is left open does not grow', () => {
  let steps: readonly Step[] = [];
  for (let id = 1; id <= 3 * SHOWN_STEPS; id += 100) {
    steps = appendSteps(
      steps,
      Array.from({ length: 100 }, (_, n) => step(id + n, id + n)),
    );
  }
  expect([steps.length, steps.at(-1)?.id]).toEqual([SHOWN_STEPS, 3 * SHOWN_STEPS]);
});
