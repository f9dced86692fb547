import { readCounters } from '@ticketing/e2e/counters';
import { untilAgreed } from './agreement.helper';
import { withForward } from './forwarded.helper';
import { kubectl } from './kubectl';
import { underLoad } from './load.helper';
import { say, timed } from './report';
import { podsOf, untilAllReady } from './workloads';

/** Each scaling lets pods start or go. */
const LOAD_MS = 10_000;

const scale = (replicas: number) =>
  timed(`orders scaled to ${replicas}`, async () => {
    await kubectl(['scale', 'deployment/orders', `--replicas=${replicas}`]);
    await untilAllReady({ 'deployment/orders': replicas });
  });

afterAll(() => scale(2));

test('orders scaled to 4 under load: no request fails, and each member of the queue group handles some events', async () => {
  const { problems, promises } = await underLoad(async () => {
    await scale(4);
    await new Promise((resolve) => setTimeout(resolve, LOAD_MS));
  });
  expect(problems).toEqual([]);
  const pods = await podsOf('orders');
  const applied = await Promise.all(
    pods.map(({ metadata: { name } }) =>
      withForward(name, [3000], async ([port]) => (await readCounters(`http://127.0.0.1:${port}`))['applied'] ?? 0),
    ),
  );
  say(`events applied by each of ${pods.length} members: ${applied.join(', ')}`);
  expect(applied.length).toBe(4);
  expect(Math.min(...applied)).toBeGreaterThan(0);
  await untilAgreed(promises);
});
