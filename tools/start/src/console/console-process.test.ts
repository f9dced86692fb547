import { openUntil, TEST_JWT_KEY, testServers } from '@ticketing/testing';
import { ConsoleProcess } from './console-process';
import type { ToConsole } from './protocol';

const open = openUntil(afterEach);

test('asked to stop, it ends in order, also while a page is open and something is broken', async () => {
  const { mongoUrl, natsUrl, natsClusterId, engine } = testServers();
  const servers = { MONGO_URI: mongoUrl, NATS_URL: natsUrl, NATS_CLUSTER_ID: natsClusterId, BROKER: engine };
  const broken: ToConsole = { what: 'parts', parts: [{ name: 'orders', state: 'stopped' }] };
  const console = new ConsoleProcess({
    where: () => ({ env: { ...process.env, ...servers, JWT_KEY: TEST_JWT_KEY }, api: 'http://localhost:1' }),
    onAsked: () => Promise.resolve(),
    firstWords: () => [broken],
    stopWithinMs: 60_000,
  });
  open(console, (opened) => opened.stop());
  await console.running();
  const [url = ''] = console.targets;
  const [, token = ''] = /name="console-token" content="([^"]+)"/.exec(await (await fetch(url)).text()) ?? [];
  const headers = { origin: url, 'x-console-token': token };
  const body = JSON.stringify({ part: 'orders', how: 'kill' });
  expect((await fetch(`${url}/console/acts/part`, { method: 'POST', headers, body })).status).toBe(200);
  const page = await fetch(`${url}/console/events`);
  expect(await console.stop()).toBe(0);
  await expect(page.text()).rejects.toThrow();
});
