import { rm } from 'node:fs/promises';
import { FaultSystem } from './fault-system';
import { logFolder } from './one-schedule';
import { failureOf } from './report';
import { runSchedule } from './run-schedule';
import { makeSchedule, SHORT } from './schedule';

// The short form of faults.long.test.ts, which has every kind of fault.
test('a service and the broker are killed under load: in the end everything agrees, every promise is kept', async () => {
  const folder = await logFolder();
  const system = await FaultSystem.open(folder);
  try {
    const schedule = makeSchedule({
      seed: 1,
      loadMs: 5_000,
      kinds: ['service-killed', 'nats-killed'],
      durations: SHORT,
    });
    const outcome = await runSchedule(system, schedule, { folder, say: () => undefined });
    const failure = outcome.problems.length > 0 ? await failureOf(outcome, system.servers) : [];
    expect([...failure, ...failure.map(() => `Logs: ${folder}`)].join('\n')).toBe('');
    expect(outcome.promises.length).toBeGreaterThan(50);
  } finally {
    await system.close();
  }
  expect(system.troubles).toEqual([]);
  await rm(folder, { recursive: true, force: true });
}, 120_000);
