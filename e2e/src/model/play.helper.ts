import { type Coverage, Diary } from './diary';
import { History } from './history.helper';
import type { Script } from './steps';
import type { World } from './world/world.helper';

/**
 * Plays one history to its end.
 * @throws Error when the services disagree with the model, with what was done until then in words; the world is new after it
 */
export async function play(world: World, { steps, picks }: Script, coverage: Coverage): Promise<void> {
  const diary = new Diary(coverage);
  const history = new History(world, diary);
  try {
    for (const step of steps) await step.run(history);
    await history.finish(picks);
  } catch (error) {
    await world.renew();
    const lines = diary.lines.map((line, index) => `  ${index + 1}. ${line}`);
    throw new Error(`${history.inNames(String(error))}\n\nThe history:\n${lines.join('\n')}\n`, { cause: error });
  }
}

/** After all histories: no gap was skipped and nothing failed, though events were parked and repeated; nothing is left. */
export async function expectNothingSkipped(world: World): Promise<void> {
  const { skipped = 0, failed = 0, 'dead-lettered': dead = 0, parked = 0, seen = 0 } = await world.outcomes();
  expect({ skipped, failed, dead }).toEqual({ skipped: 0, failed: 0, dead: 0 });
  expect(Math.min(parked, seen)).toBeGreaterThan(0);
  expect(world.courier.left()).toEqual([]);
  expect(await world.replicasWithParked()).toBe(0);
}
