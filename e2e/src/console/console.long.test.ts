import type { Browser, Page } from 'puppeteer-core';
import { chromium, launchBrowser, withBrowser } from '../api/browser.helper';
import { ConsolePage } from './console-page.helper';
import { type NpmStart, npmStart } from './npm-start.helper';

jest.setTimeout(400_000);

const HOSTILE = '<img src=x onerror=alert(1)><script>alert(2)</script> "\'&amp;';

let system: NpmStart | undefined;
let browser: Browser | undefined;
beforeAll(async () => {
  if (chromium === undefined) return;
  system = await npmStart({ GAP_PATIENCE_MS: '600000', ACK_WAIT_MS: '2000' });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await system?.close();
});

let page: Page | undefined;
/** A browser has at most six connections to a host, and each open page keeps one. */
afterEach(() => page?.close());

async function open(): Promise<ConsolePage> {
  const console = await ConsolePage.open(browser as Browser, (system as NpmStart).url);
  page = console.page;
  return console;
}

withBrowser('sell, order, cancel: each event arrives in the log, whole, and a hostile title stays text', async () => {
  const console = await open();
  await console.page.locator('input[name=title]').fill(HOSTILE);
  await console.press('Sell');
  await console.sees(HOSTILE, '.aggregates h3');
  await console.sees('ticket:createdv0', '.step');
  await console.sees('The owner has version 0; the replica has version 0.', '.unseen');
  await console.pressLabelled(`Order as alice: ${HOSTILE}`);
  await console.sees('held by alice · no. 1', '.aggregates');
  await console.pressLabelled(`Cancel the order of ${HOSTILE}`);
  await console.sees('free again · no. 1 ended', '.aggregates');
  await console.sees('everything agrees', '.status');
  await console.sees(/applied.*ticket:updatedv2/, '.step');
  const log = await console.log();
  for (const [kind, subject] of [
    ['applied', 'ticket:created v0'],
    ['applied', 'order:created v0'],
    ['applied', 'order:cancelled v1'],
    ['saved', 'ticket:updated v2'],
    ['published', 'ticket:updated v2'],
    ['delivered', 'ticket:updated v2'],
    ['applied', 'ticket:updated v2'],
  ]) {
    expect(log).toContainEqual(expect.stringMatching(`^[\\d:.]+ ${kind} ${subject} `));
  }
  // The message of a line, in a dialog.
  await console.page.locator('.step:has(.kind)').click();
  await console.sees('"occurredAt"', 'dialog pre');
  await console.sees(/saved.*published.*applied/, 'dialog .way');
  await console.page.keyboard.press('Escape');
  expect(await console.page.$$eval('main img, main script', (found) => found.length)).toBe(0);
  expect([...console.hosts]).toEqual([new URL((system as NpmStart).url).host]);
  expect(console.complaints).toEqual([]);
});

withBrowser('one press sells, orders and pays; axe finds nothing, in light and dark', async () => {
  const console = await open();
  await console.press('Sell, order and pay one');
  await console.sees('sold · no. 1', '.aggregates');
  await console.press('Audit everything');
  await console.sees('Everything agrees', '.operate .jobs');
  expect(await console.wrong()).toEqual([]);
  expect(console.complaints).toEqual([]);
});

withBrowser('version 2 overtakes version 1: it is parked where it waits, and then both are applied', async () => {
  const console = await open();
  await console.press('Version 2 before version 1');
  await console.sees('version 2 parked', '.unseen');
  await console.sees('waits for version 1', '.step');
  await console.sees('everything agrees again', '.break .jobs');
  await console.sees('The owner has version 2; the replica has version 2.', '.unseen');
  expect(console.complaints).toEqual([]);
});

withBrowser('a killed service is told, and everything agrees again after its start', async () => {
  const console = await open();
  await console.pressLabelled('kill -9 orders');
  await console.sees('orders is stopped', '.status');
  await console.press('Sell');
  await console.sees('1 replica differs from the owner', '.status');
  await console.pressLabelled('Start orders');
  await console.sees(/everything agrees again.*Start orders|Start orders.*everything agrees again/s, '.break .jobs');
  await console.sees('everything agrees', '.status');
});

withBrowser('a message that is no JSON becomes a dead letter, which an operator sees whole and drops', async () => {
  const console = await open();
  await console.press('Send what is no JSON');
  await console.sees('this is no JSON', '.letters pre');
  await console.pressLabelled('Drop the letter of ticket:updated');
  await console.sees('Dropped 1 dead letters', '.operate .jobs');
  await console.sees(/Dead letters\s*None\./, '.operate');
});

withBrowser('it says everything without motion, at the width of a phone, and nothing is wider than that', async () => {
  const console = await open();
  const { page: phone } = console;
  await phone.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);
  await phone.setViewport({ width: 390, height: 844 });
  const watch =
    'new MutationObserver(() => (window.moved = true)).observe(document.querySelector(".dots"), { childList: true })';
  await phone.evaluate(`window.moved = false; ${watch}`);
  await console.press('Sell, order and pay one');
  await console.sees(/orders applied ticket:updated version 2 of/, '.latest');
  expect(await phone.evaluate('[window.moved, document.documentElement.scrollWidth]')).toEqual([false, 390]);
});
