import { serviceNames } from '@ticketing/services';
import { waitFor } from '@ticketing/testing';
import { untilAgreed } from './agreement.helper';
import { kubectl } from './kubectl';
import { underLoad } from './load.helper';
import { say, timed } from './report';
import { user } from './user.helper';
import { BROKER, isReady, podsOf, untilAllReady } from './workloads';

/** Deletes the first pod of this name as `kubectl delete` does, and waits until another one is ready in its place. */
async function replaced(name: string): Promise<void> {
  const before = await podsOf(name);
  const doomed = before[0];
  if (!doomed) throw new Error(`there is no pod of ${name}`);
  await timed(`pod of ${name} deleted, until the next one is ready`, async () => {
    await kubectl(['delete', 'pod', doomed.metadata.name, '--wait=false']);
    await waitFor(
      async () => {
        const now = await podsOf(name);
        return (
          now.length === before.length && now.every((pod) => pod.metadata.uid !== doomed.metadata.uid && isReady(pod))
        );
      },
      { what: `another pod of ${name}`, timeoutMs: 180_000, everyMs: 200 },
    );
  });
}

test('one pod of each service deleted under load: no request fails, and in the end all agree', async () => {
  const { problems, promises } = await underLoad(() => Promise.all(serviceNames.map(replaced)));
  expect(problems).toEqual([]);
  await untilAllReady();
  await untilAgreed(promises);
});

test('a pod of the broker deleted under load: every create is answered by 201 meanwhile, and none is lost', async () => {
  const { problems, promises, answers } = await underLoad(() => replaced(BROKER.name));
  expect(problems).toEqual([]);
  const creates = answers.filter(({ call }) => call === 'sell');
  expect([...new Set(creates.map(({ status }) => status))]).toEqual([201]);
  await untilAgreed(promises);
});

test.each(serviceNames)('the MongoDB of %s deleted under load: nothing that was acknowledged is lost', async (name) => {
  const { problems, promises, answers } = await underLoad(async () => {
    await replaced(`${name}-mongodb`);
    await timed(`until ${name} is ready again`, untilAllReady);
  });
  // Meanwhile an answer is an honest error: 503 of the service, or of the controller that has no pod to send to.
  const statuses = [...new Set(answers.map(({ status }) => status))].sort();
  say(`statuses while the MongoDB of ${name} was away: ${statuses.join()}`);
  expect(statuses.filter((status) => ![200, 201, 204, 404, 409, 412, 503].includes(status))).toEqual([]);
  expect(problems.filter((problem) => !problem.includes(' was answered 503 '))).toEqual([]);
  await untilAgreed(promises);
  const ticket = await user('alice').sold('sold afterwards');
  expect((await user('bob').orderSoon(ticket.id)).status).toBe('created');
});
