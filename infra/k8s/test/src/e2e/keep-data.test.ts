import { untilAgreed } from './agreement.helper';
import { overlay } from './install';
import { kubectl } from './kubectl';
import { timed } from './report';
import { user } from './user.helper';
import { BROKER, untilAllReady } from './workloads';

const claims = async () =>
  (await kubectl(['get', 'persistentvolumeclaims', '--output', 'jsonpath={.items[*].metadata.uid}'])).split(' ').sort();

test('kubectl delete -k leaves the data: applied again, the system goes on where it was', async () => {
  const ticket = await user('alice').sold('older than the pods');
  const order = await user('bob').orderSoon(ticket.id);
  const { events } = await untilAgreed();
  const before = await claims();
  expect(before.length).toBe(2 + BROKER.pods);

  await timed('kubectl delete -k', () => kubectl(['delete', '-k', overlay()]));
  expect(await kubectl(['get', 'deployments,statefulsets,services,ingresses', '--output', 'name'])).toBe('');
  expect(await claims()).toEqual(before);

  await timed('applied again, until everything is ready', async () => {
    await kubectl(['wait', '--for=delete', 'pods', '--all', '--timeout=120s']);
    await kubectl(['apply', '-k', overlay()]);
    await untilAllReady();
  });
  expect((await user('alice').ticket(ticket.id)).body).toMatchObject({
    title: 'older than the pods',
    orderId: order.id,
  });
  expect(await untilAgreed()).toMatchObject({ events });
  const next = await user('alice').sold('younger than the pods');
  expect((await user('bob').orderSoon(next.id)).reservation).toBe(1);
});
