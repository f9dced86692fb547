import { testToken } from '@ticketing/testing';
import type { Browser, Page } from 'puppeteer-core';
import { chromium, launchBrowser, newPage, withBrowser } from './browser.helper';
import { TestSystem } from '../system/system.helper';

jest.setTimeout(180_000);

let system: TestSystem | undefined;
let browser: Browser | undefined;
beforeAll(async () => {
  if (chromium === undefined) return;
  system = await TestSystem.open();
  await Promise.all([system.start('tickets'), system.start('orders')]);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await system?.close();
});

/** Every error of the page, and every host that it calls. */
function watch(page: Page): { readonly complaints: string[]; readonly hosts: Set<string> } {
  const [complaints, hosts]: [string[], Set<string>] = [[], new Set()];
  page.on('console', (message) => {
    if (['error', 'warn'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => void complaints.push(String(error)));
  page.on('requestfailed', (request) => void complaints.push(`${request.url()}: ${request.failure()?.errorText}`));
  page.on('request', (request) => void hosts.add(new URL(request.url()).host));
  return { complaints, hosts };
}

withBrowser('somebody signs in on the page and sells a ticket (needs chromium on PATH)', async () => {
  const page = await newPage(browser as Browser);
  const { complaints, hosts } = watch(page);
  const url = (system as TestSystem).url;
  await page.goto(`${url}/api/docs`);

  await page.locator('button.authorize').click();
  // Key by key: `fill` sets a long value in a way that the page does not notice.
  await (await page.waitForSelector('#auth-bearer-value'))?.type(testToken('alice'));
  await page.locator('.auth-container button.authorize').click();
  await page.locator('button.btn-done').click();

  const operation = '#operations-tickets-createTicket';
  await page.locator(`${operation} .opblock-summary-control`).click();
  await page.locator(`${operation} .try-out__btn`).click();
  await page.locator(`${operation} button.execute`).click();
  const status = await page.waitForSelector(`${operation} .live-responses-table tbody .response-col_status`);
  expect(await status?.evaluate((cell) => cell.textContent)).toContain('201');

  const [listed] = (await (await fetch(`${url}/api/tickets`)).json()) as object[];
  expect(listed).toMatchObject({ title: 'Concert', price: 20, userId: 'alice', version: 0 });
  expect([...hosts].filter((host) => host !== '' && host !== new URL(url).host)).toEqual([]);
  expect(complaints).toEqual([]);
});
