import { type Spread, spreadOf } from '../rounds/result';
import type { World } from '../world/world';

const ROUNDS = 5;

/** From the start of a process until its /readyz is 200 (ms): the services, and a bare program with the same libraries. */
export async function startTimes(world: World): Promise<Record<string, Spread>> {
  const starts = {
    tickets: () => world.service('tickets'),
    orders: () => world.service('orders'),
    bare: () => world.ceiling('write', 'tickets'),
  };
  const took: Record<string, number[]> = { tickets: [], orders: [], bare: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, start] of Object.entries(starts)) {
      const since = performance.now();
      const started = await start();
      took[name]?.push(performance.now() - since);
      await started.stop();
    }
  }
  return Object.fromEntries(Object.entries(took).map(([name, times]) => [name, spreadOf(times)]));
}
