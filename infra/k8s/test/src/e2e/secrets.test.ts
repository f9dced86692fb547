import { neededSecrets } from '@ticketing/kubernetes';
import { waitFor } from '@ticketing/testing';
import { getJson, kubectl } from './kubectl';
import { createSecrets } from './secrets';
import { podsOf, untilAllReady } from './workloads';

interface Secret {
  readonly metadata: { readonly name: string; readonly uid: string; readonly resourceVersion: string };
}
interface Event {
  readonly message?: string;
}

async function secrets() {
  const { items } = await getJson<{ items: Secret[] }>('secrets');
  return items.map(({ metadata: { name, uid, resourceVersion } }) => ({ name, uid, resourceVersion }));
}

test('npm run k8s:secrets makes what is missing, and run again changes nothing', async () => {
  const before = await secrets();
  expect(before.map(({ name }) => name)).toEqual([...neededSecrets.map(({ name }) => name)].sort());
  await createSecrets();
  expect(await secrets()).toEqual(before);
});

test('a pod whose secret is missing has an event that says which', async () => {
  const secret = await getJson<Secret & Record<string, unknown>>('secret', 'ticketing-jwt');
  const { metadata, ...content } = secret;
  await kubectl(['delete', 'secret', 'ticketing-jwt']);
  try {
    const doomed = (await podsOf('orders'))[0]?.metadata.name ?? '';
    const others = new Set((await podsOf('orders')).map((pod) => pod.metadata.name));
    await kubectl(['delete', 'pod', doomed, '--wait=false']);
    const find = async () => (await podsOf('orders')).find((pod) => !others.has(pod.metadata.name));
    const next = await waitFor(find, { what: 'the next pod', timeoutMs: 30_000, everyMs: 200 });
    await waitFor(
      async () => {
        const selector = `involvedObject.name=${next.metadata.name}`;
        const { items } = await getJson<{ items: Event[] }>('events', '--field-selector', selector);
        const messages = items.map(({ message = '' }) => message);
        if (messages.some((message) => message.includes('secret "ticketing-jwt" not found'))) return true;
        throw new Error(messages.join('; '));
      },
      { what: 'an event about the secret', timeoutMs: 60_000, everyMs: 500 },
    );
  } finally {
    await kubectl(['create', '--filename', '-'], {
      input: JSON.stringify({ ...content, metadata: { name: metadata.name } }),
    });
  }
  await untilAllReady();
});
