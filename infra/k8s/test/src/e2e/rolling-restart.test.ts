import { serviceNames } from '@ticketing/services';
import { untilAgreed } from './agreement.helper';
import { kubectl } from './kubectl';
import { timed } from './report';
import { underLoad } from './load.helper';
import { PODS_OF_SERVICE, podsOf, untilAllReady } from './workloads';

const uids = async () => (await Promise.all(serviceNames.map(podsOf))).flat().map(({ metadata }) => metadata.uid);

test('a rolling restart of all services under load: no request fails, and in the end all agree', async () => {
  const before = await uids();
  const { problems, promises } = await underLoad(() =>
    timed('rolling restart of all services', async () => {
      await kubectl(['rollout', 'restart', ...serviceNames.map((name) => `deployment/${name}`)]);
      await Promise.all(
        serviceNames.map((name) => kubectl(['rollout', 'status', `deployment/${name}`, '--timeout=240s'])),
      );
      await untilAllReady();
    }),
  );
  expect(problems).toEqual([]);
  const after = await uids();
  expect(after.filter((uid) => before.includes(uid))).toEqual([]);
  expect(after.length).toBe(serviceNames.length * PODS_OF_SERVICE);
  await untilAgreed(promises);
});
