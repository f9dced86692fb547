/**
 * Random histories of commands and deliveries, on both services as they are, against the model in model.ts.
 * MODEL_RUNS: how many (default 40). MODEL_SEED, MODEL_PATH: those that a failure printed, to have it again; what happens
 * "at once" is a real race, which may need more than one try.
 */
import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import type { Coverage } from './diary';
import { INTERLEAVINGS } from './interleavings';
import { play } from './play.helper';
import { cancel, deliver, edit, lose, order, reEmit, restart, scripts, sell, type Step } from './steps';
import { World } from './world.helper';

const RUNS = Number(process.env['MODEL_RUNS'] || 40);
const SEED = Number(process.env['MODEL_SEED'] || randomInt(2 ** 31));
const PATH = process.env['MODEL_PATH'];
/** A failure that is still being shrunk after this long (ms) is reported as it is then. */
const MS = 60_000 + RUNS * 5_000;

let world: World;
beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world.close());

/** What a run of 40 histories or more must have seen, besides the interleavings. */
const SEEN = ['parked', 'again', 'lost', 're-emission', 'expiry', '200', '201', '204', '403', '404', '409'];

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

test(
  `after each step of ${RUNS} random histories the services are what the model says`,
  async () => {
    const coverage: Coverage = {};
    const started = performance.now();
    const property = fc.asyncProperty(scripts, (script) => play(world, script, coverage));
    await fc.assert(property, {
      numRuns: RUNS,
      interruptAfterTimeLimit: MS,
      markInterruptAsFailure: true,
      seed: SEED,
      ...(PATH && { path: PATH }),
    });
    const ms = Math.round(performance.now() - started);
    process.stdout.write(
      `${RUNS} histories of seed ${SEED} in ${ms} ms: ${JSON.stringify(coverage)} ${JSON.stringify(await world.outcomes())}\n`,
    );
    if (RUNS >= 40 && !PATH) for (const what of [...SEEN, ...INTERLEAVINGS]) expect(coverage).toHaveProperty([what]);
  },
  MS + 10_000,
);

test('in all of it no gap was skipped, nothing failed, and the sweep removes what a snapshot has passed', async () => {
  const { skipped = 0, failed = 0, 'dead-lettered': dead = 0, parked = 0, seen = 0 } = await world.outcomes();
  expect({ skipped, failed, dead }).toEqual({ skipped: 0, failed: 0, dead: 0 });
  expect(Math.min(parked, seen)).toBeGreaterThan(0);
  expect(world.courier.left()).toEqual([]);
  await world.sweepParked();
});
