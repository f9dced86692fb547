import { sequencesWithDuplicateAndCrash } from '@ticketing/testing';
import fc from 'fast-check';
import { Model } from './model';
import { USERS } from './state';

const user = fc.constantFrom(...USERS);
const commands = fc.constantFrom(
  'sell',
  'edit',
  'order',
  'order',
  'cancel',
  'pay',
  'pay',
  'deliver',
  'deliver',
  'repeat',
);
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
      const paid = of([...model.orders.keys()], n);
      if (command === 'pay' && paid !== undefined) model.pay(paid, model.orderAt(paid).price + (n === 5 ? 1 : 0));
      if (command === 'deliver') deliver(n);
      if (command === 'repeat' && letter) model.deliver(letter);
    }
    while (model.pending.length > 0) deliver(picks.next().value);
    expect(model.disagreements()).toEqual([]);
    expect(model.tickets.flatMap(({ parked }) => [...parked])).toEqual([]);
  });
  fc.assert(property, { numRuns: 2_000 });
});

/** What can happen to an order that was made and for which a payment was taken, at orders and at tickets. */
const HAPPENINGS = ['is cancelled', 'expires', 'payment arrives', 'creation arrives', 'end arrives'] as const;

// Each handler writes once. A crash before its write, or before a publish, is another order; one after it is a duplicate.
test('all 18,600 interleavings of an order, its ends and its payment with one duplicate and one crash end in agreement', () => {
  const sequences = sequencesWithDuplicateAndCrash(HAPPENINGS);
  expect(sequences).toHaveLength(1_800 + 16_800);
  const ends = { cancelled: 0, complete: 0 };
  for (const sequence of sequences) {
    const model = new Model();
    model.sell('alice', 10);
    for (const letter of model.pending) model.deliver(letter);
    model.order(0, 'bob');
    model.pay(0, 10);
    const arrives = (about: string, version: number) => {
      const letter = model.pending.findLast((one) => one.about === about && one.version === version);
      if (letter) model.deliver(letter); // else it is late
    };
    for (const happening of sequence) {
      if (happening === 'is cancelled') model.cancel(0, 'bob');
      if (happening === 'expires') model.expire();
      if (happening === 'payment arrives') arrives('payment', 0);
      if (happening === 'creation arrives') arrives('order', 0);
      if (happening === 'end arrives') arrives('order', 1);
    }
    for (const letter of model.pending) model.deliver(letter);
    expect([sequence, model.disagreements()]).toEqual([sequence, []]);
    const first = sequence.find((happening) => !happening.startsWith('creation') && !happening.startsWith('end'));
    const { end } = model.orderAt(0);
    expect([sequence, end]).toEqual([sequence, first === 'payment arrives' ? 'complete' : 'cancelled']);
    if (end) ends[end] += 1;
  }
  expect(Math.min(ends.cancelled, ends.complete)).toBeGreaterThan(5_000);
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
  model.pay(0, 10);
  expect(model.disagreements()).toContain('payment#0 has 0 ends');
  const payment = model.pending.at(-1);
  if (payment) model.deliver(payment);
  expect(model.disagreements()).not.toContain('payment#0 has 0 ends');
  expect(model.disagreements()).toContain('ticket#0 is released, paid: true');
});
