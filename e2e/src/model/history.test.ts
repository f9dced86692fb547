import fc from 'fast-check';
import type { Coverage } from './diary';
import { expectNothingSkipped, play } from './play.helper';
import {
  cancel,
  deliver,
  edit,
  expire,
  lose,
  order,
  pay,
  reEmit,
  repeat,
  restart,
  scripts,
  sell,
  type Step,
} from './steps';
import { World } from './world/world.helper';

// Histories that were chosen, and a few random ones, on both services as they are. More are in history.long.test.ts.
let world: World;
beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world.close());

const known = [sell('alice'), deliver('orders')];
const atVersion3 = [sell('alice'), edit(0), edit(0), edit(0)];

test.each<[string, readonly Step[], string]>([
  [
    'order B created arrives before order A cancelled',
    [
      ...known,
      order(0, 'bob'),
      deliver('tickets'),
      cancel(0),
      order(0, 'carol'),
      deliver('tickets', 1),
      deliver('tickets'),
    ],
    'order B created before order A cancelled',
  ],
  [
    'order A cancelled arrives before order A created',
    [...known, order(0, 'bob'), cancel(0), deliver('tickets', 1), deliver('tickets')],
    'order cancelled before it was created',
  ],
  [
    'order completed arrives before order created; then its cancel is refused, and no time ends it',
    [
      ...[...known, order(0, 'bob'), pay(0), deliver('orders', -1)],
      ...[deliver('tickets', -1), deliver('tickets'), cancel(0), expire(), edit(0), order(0, 'carol')],
    ],
    'order completed before it was created',
  ],
  [
    'an order is paid twice, and with a wrong amount first; each payment comes again',
    [
      ...[...known, order(0, 'bob'), pay(0, false), pay(0), pay(0), ...Array(3).fill(deliver('orders'))],
      ...[repeat('orders', -1), repeat('orders', -2), repeat('orders', -3), deliver('tickets', -1)],
    ],
    'payment of a complete order',
  ],
  [
    'a payment comes when its order has expired, and the ticket is sold to somebody else',
    [
      ...[...known, order(0, 'bob'), pay(0), expire(), order(0, 'carol'), pay(-1)],
      ...[deliver('orders', -1), deliver('orders'), deliver('tickets', -1)],
    ],
    'payment of a cancelled order',
  ],
  [
    'a payment is lost, and one arrives while orders is down',
    [...known, order(0, 'bob'), pay(0), lose('orders'), pay(0), restart('orders', -1), deliver('tickets')],
    'restart',
  ],
  [
    'an empty replica has version N as a snapshot first, then the late older versions',
    [...atVersion3, reEmit('tickets'), deliver('orders', -1), order(0, 'bob'), ...Array(4).fill(deliver('orders'))],
    'replica starts at a later version',
  ],
  [
    'an empty replica has versions N to 0, reversed',
    [...atVersion3, ...Array<Step>(4).fill(deliver('orders', -1)), order(0, 'bob')],
    'replica hears first of a later version',
  ],
  [
    'what arrives while orders is down',
    [...atVersion3, deliver('orders'), restart('orders', -1), order(0, 'bob'), restart('orders', 0)],
    'restart',
  ],
  [
    'what arrives while tickets is down',
    [...known, order(0, 'bob'), cancel(0), restart('tickets', -1), restart('tickets'), edit(0)],
    'restart',
  ],
  [
    'an empty replica has lost all but the last version',
    [...atVersion3, lose('orders'), lose('orders'), lose('orders'), deliver('orders')],
    'replica hears first of a later version',
  ],
])('%s', async (_what, steps, interleaving) => {
  const coverage: Coverage = {};
  await play(world, { steps, picks: [0] }, coverage);
  expect(coverage).toHaveProperty([interleaving]);
});

test('after each step of a few random histories the services equal the model', async () => {
  await fc.assert(
    fc.asyncProperty(scripts, (script) => play(world, script, {})),
    { numRuns: 5 },
  );
});

test('in all of it no gap was skipped, nothing failed, and nothing is left parked', () => expectNothingSkipped(world));
