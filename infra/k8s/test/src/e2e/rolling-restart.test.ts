import { untilAgreed } from './agreement.helper';
import { kubectl } from './kubectl';
import { timed } from './report';
import { underLoad } from './load.helper';
import { podsOf, untilAllReady } from './workloads';

const uidsOf = async (name: string) => (await podsOf(name)).map(({ metadata }) => metadata.uid);

test('a rolling restart of both services under load: no request fails, and in the end all agree', async () => {
  const before = [...(await uidsOf('tickets')), ...(await uidsOf('orders'))];
  const { problems, promises } = await underLoad(() =>
    timed('rolling restart of both services', async () => {
      await kubectl(['rollout', 'restart', 'deployment/tickets', 'deployment/orders']);
      await Promise.all(
        ['tickets', 'orders'].map((name) => kubectl(['rollout', 'status', `deployment/${name}`, '--timeout=240s'])),
      );
      await untilAllReady();
    }),
  );
  expect(problems).toEqual([]);
  const after = [...(await uidsOf('tickets')), ...(await uidsOf('orders'))];
  expect(after.filter((uid) => before.includes(uid))).toEqual([]);
  expect(after.length).toBe(4);
  await untilAgreed(promises);
});
