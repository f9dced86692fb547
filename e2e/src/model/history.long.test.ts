/**
 * Random histories of commands and deliveries, on both services as they are, against the model in model.ts. MODEL_RUNS:
 * how many (default 60). MODEL_SEED, MODEL_PATH: those that a failure printed, to repeat it; steps "at once" are a real
 * race, which may need more than one attempt.
 */
import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import type { Coverage } from './diary';
import { INTERLEAVINGS } from './interleavings';
import { expectNothingSkipped, play } from './play.helper';
import { scripts } from './steps';
import { World } from './world/world.helper';

const RUNS = Number(process.env['MODEL_RUNS'] || 60);
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
const SEEN = ['parked', 'again', 'lost', 're-emission', 'expiry', 'payment', '200', '201', '204', '403', '404', '409'];

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

test('in all of it no gap was skipped, nothing failed, and nothing is left parked', () => expectNothingSkipped(world));
