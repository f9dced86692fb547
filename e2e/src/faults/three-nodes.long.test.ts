import { runOne } from './one-schedule';
import { describeFault, makeSchedule, SHORT } from './schedule';

test('of three servers the leader is killed under load, then two at once, and all stores are lost: everything agrees', async () => {
  const kinds = ['nats-killed', 'nats-away', 'store-lost'] as const;
  const schedule = makeSchedule({ seed: 28, loadMs: 5_000, kinds, durations: SHORT, nodes: 3 });
  const planned = schedule.tracks.flat().map(describeFault).join('\n');
  expect(planned).toMatch(/nats-killed.*nodes leader\n.*nats-away.*nodes majority\n.*store-lost/s);
  const lines: string[] = [];
  const broker = { engine: 'jetstream', nodes: 3 } as const;
  const { held } = await runOne(schedule, (line) => lines.push(line), undefined, broker);
  expect(held ? '' : lines.join('\n')).toBe('');
  expect(lines.join('\n')).toMatch(/nats-killed healed, n\d on.*nats-away healed, n\d and n\d on/s);
}, 600_000);
