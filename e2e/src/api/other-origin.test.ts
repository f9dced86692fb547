import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { testToken } from '@ticketing/testing';
import type { Browser } from 'puppeteer-core';
import { chromium, launchBrowser, newPage, withBrowser } from './browser.helper';
import { TestSystem } from '../system/system.helper';

jest.setTimeout(180_000);

const servers: Server[] = [];
let system: TestSystem | undefined;
let browser: Browser | undefined;
let [allowed, other] = ['', ''];

/** Serves an empty page, and returns its origin. */
async function pageOrigin(): Promise<string> {
  const server = createServer((_req, res) => res.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>shop'));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  if (chromium === undefined) return;
  [allowed, other] = [await pageOrigin(), await pageOrigin()];
  system = await TestSystem.open();
  await Promise.all([system.start('tickets', { CORS_ORIGINS: allowed }), system.start('orders')]);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await system?.close();
  for (const server of servers) server.close();
});

/** What a page of the origin sees when it sells a ticket; the message of its error when it sees nothing. */
async function sellFrom(origin: string) {
  const page = await newPage(browser as Browser);
  await page.goto(origin);
  return page.evaluate(
    async (url, token) => {
      try {
        const response = await fetch(`${url}/api/tickets`, {
          method: 'POST',
          credentials: 'include',
          headers: {
            'Content-Type': 'application/json',
            Authorization: `Bearer ${token}`,
            'Idempotency-Key': token.slice(-20),
          },
          body: JSON.stringify({ title: 'Concert', price: 20 }),
        });
        const { headers } = response;
        return { status: response.status, tag: headers.get('ETag'), location: headers.get('Location') };
      } catch (error) {
        return { error: String(error) };
      }
    },
    (system as TestSystem).url,
    testToken('alice'),
  );
}

withBrowser(
  'a page of an origin of CORS_ORIGINS sells a ticket, one of another origin cannot (needs chromium)',
  async () => {
    expect(await sellFrom(other)).toEqual({ error: expect.stringContaining('Failed to fetch') });
    const { url } = system as TestSystem;
    expect(await (await fetch(`${url}/api/tickets`)).json()).toEqual([]);
    expect(await sellFrom(allowed)).toEqual({
      status: 201,
      tag: '"0"',
      location: expect.stringMatching(/^\/api\/tickets\//),
    });
    expect(await (await fetch(`${url}/api/tickets`)).json()).toMatchObject([{ title: 'Concert', userId: 'alice' }]);
  },
);
