import fc from 'fast-check';
import { Model, USERS } from './model';

const user = fc.constantFrom(...USERS);
const commands = fc.constantFrom('sell', 'edit', 'order', 'order', 'cancel', 'cancel', 'deliver', 'deliver', 'repeat');
const history = fc.array(fc.tuple(commands, fc.nat({ max: 5 }), user), { maxLength: 60, size: 'max' });

/** The n-th, counted round. */
function of<T>(items: readonly T[], n: number): T | undefined {
  return items[n % items.length];
}

test('the rules end in agreement whatever the order of arrival, with duplicates', () => {
  const property = fc.property(history, fc.infiniteStream(fc.nat({ max: 100 })), (steps, picks) => {
    const model = new Model();
    model.sell('alice', 1);
    const arrived: (typeof model.pending)[number][] = [];
    const deliver = (n: number) => {
      const letter = of(model.pending, n);
      if (!letter) return;
      model.pending.splice(model.pending.indexOf(letter), 1);
      arrived.push(letter);
      model.deliver(letter);
    };
    for (const [command, n, by] of steps) {
      const letter = of(arrived, n);
      if (command === 'sell' && model.tickets.length < 3) model.sell(by, n);
      if (command === 'edit') model.edit(n % model.tickets.length, by, n);
      if (command === 'order') model.order(n % model.tickets.length, by);
      if (command === 'cancel' && model.orders.length > 0) model.cancel(n % model.orders.length, by);
      if (command === 'deliver') deliver(n);
      if (command === 'repeat' && letter) model.deliver(letter);
    }
    while (model.pending.length > 0) deliver(picks.next().value);
    expect(model.disagreements()).toEqual([]);
    expect(model.tickets.flatMap(({ parked }) => [...parked])).toEqual([]);
  });
  fc.assert(property, { numRuns: 2_000 });
});

test('an undelivered event is a disagreement: the comparison can fail', () => {
  const model = new Model();
  model.sell('alice', 10);
  const first = model.pending.shift();
  expect(model.disagreements()).toEqual(['orders has ticket#0 at version none']);
  if (first) model.deliver(first);
  model.order(0, 'bob');
  expect(model.disagreements()).toEqual(['ticket#0 is held by none, active is order#0']);
  model.edit(0, 'alice', 11);
  model.edit(0, 'alice', 12);
  model.deliver({ about: 'ticket', index: 0, version: 2, snapshot: false });
  expect(model.disagreements()).toContain('version 2 of ticket#0 is parked');
});
