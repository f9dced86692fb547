import type { NewStep } from '../page/model/step';
import { History, KEPT_STEPS } from './history';

const step = (facts: Partial<NewStep>): NewStep => ({
  ...{ at: 1, kind: 'applied', where: 'orders', subject: 'ticket:updated', aggregateId: 'a', version: 0 },
  ...facts,
});

test('it is bounded, keeps the newest, and gives what comes after a step', () => {
  const history = new History();
  for (let at = 0; at < 3 * KEPT_STEPS; at++) history.add(step({ at }));
  const all = history.after(0);
  expect([all.length, all.at(-1)?.at]).toEqual([KEPT_STEPS, 3 * KEPT_STEPS - 1]);
  expect(JSON.stringify(history).length).toBeLessThan(1.3 * JSON.stringify(all).length); // all that it holds
  const last = all.at(-1)?.id ?? 0;
  expect(history.after(last - 2).map(({ id }) => id)).toEqual([last - 1, last]);
});

test('what a line and the channel tell of a save or a publish counts once; what is delivered twice counts twice', () => {
  const history = new History();
  for (const kind of ['saved', 'saved', 'published', 'published', 'seen', 'seen'] as const) {
    history.add(step({ kind, eventId: 'e' }));
  }
  expect(history.after(0).map(({ kind }) => kind)).toEqual(['saved', 'published', 'seen', 'seen']);
});

test.each<[number | undefined, number, string]>([
  [0, 2, 'waits for version 1'],
  [0, 4, 'waits for versions 1 to 3'],
  [undefined, 1, 'waits for version 0'],
  [undefined, 5, 'waits for earlier versions'],
])('with version %s applied a parked version %s says: %s', (applied, version, note) => {
  const history = new History();
  if (applied !== undefined) history.add(step({ version: applied }));
  history.add(step({ kind: 'parked', version }));
  expect(history.after(0).at(-1)?.note).toBe(note);
});
