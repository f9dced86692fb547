import { pauseProcess } from '@ticketing/servers';
import { withBrowser } from '../api/browser.helper';
import { ConsoleSuite } from './console-suite.helper';

jest.setTimeout(900_000); // ten times what 10,000 steps take alone

const HOSTILE = '<img src=x onerror=alert(1)><script>alert(2)</script> "\'&amp;';

const suite = new ConsoleSuite({});

withBrowser('sell, order, cancel: each event arrives in the log, whole, and a hostile title stays text', async () => {
  const console = await suite.open();
  await console.sell(HOSTILE);
  await console.sees(HOSTILE, '.aggregates h3');
  await console.sees('ticket:createdv0', '.step');
  await console.sees('The owner has version 0; the replica has version 0.', '.unseen');
  await console.pressLabelled(`Order as alice: ${HOSTILE}`);
  await console.sees('held by alice · no. 1', '.aggregates');
  await console.pressLabelled(`Cancel the order of ${HOSTILE}`);
  await console.sees('free again · no. 1 ended', '.aggregates');
  await console.sees('everything agrees', '.status');
  for (const [kind, subject] of [
    ['applied', 'ticket:created v0'],
    ['applied', 'order:created v0'],
    ['applied', 'order:cancelled v1'],
    ['saved', 'ticket:updated v2'],
    ['published', 'ticket:updated v2'],
    ['delivered', 'ticket:updated v2'],
    ['applied', 'ticket:updated v2'],
  ]) {
    await console.shows(` ${kind} ${subject} `); // "published" may be told after "applied"
  }
  // The message of a line, in a dialog.
  await console.page.locator('.step:has(.kind)').click();
  await console.sees('"occurredAt"', 'dialog pre');
  await console.sees(/saved.*published.*applied/, 'dialog .way');
  await console.page.keyboard.press('Escape');
  expect(await console.page.$$eval('main img, main script', (found) => found.length)).toBe(0);
  expect([...console.hosts]).toEqual([suite.host]);
  expect(console.complaints).toEqual([]);
});

withBrowser('one press sells, orders and pays; axe finds nothing, in light and dark', async () => {
  const console = await suite.open();
  await console.press('Sell, order and pay one');
  await console.sees('sold · no. 1', '.aggregates');
  await console.press('Audit everything');
  await console.sees('Everything agrees', '.operate .jobs');
  expect(await console.wrong()).toEqual([]);
  expect(console.complaints).toEqual([]);
});

withBrowser(
  'one click on a fresh page, and a ticket is sold, ordered and paid, and each event is seen travelling',
  async () => {
    const watch = `
    [window.told, window.clicks] = [[], 0];
    addEventListener('click', () => (clicks += 1), true);
    new MutationObserver((records) => {
      for (const { addedNodes } of records) for (const { textContent } of addedNodes) told.push(textContent);
    }).observe(document.querySelector('.dots'), { childList: true })`;
    const dots = [
      'ticket:created 0',
      'ticket:created 0 applied',
      'order:created 0 applied',
      'order:completed 1 applied',
    ];
    const came = `${JSON.stringify(dots)}.every((dot) => told.includes(dot))`;
    // A busy machine may tell an event so late that the page no longer shows it travel.
    for (let tries = 1; ; tries++) {
      const console = await suite.open();
      const { page } = console;
      await page.evaluate(`${watch}; undefined`);
      await console.press('Sell, order and pay one');
      const isSeen = await page.waitForFunction(came, { timeout: 20_000 }).catch(() => undefined);
      if (!isSeen && tries < 5) continue;
      expect(await page.evaluate('told')).toEqual(expect.arrayContaining(dots));
      await console.sees('sold · no. 1', '.aggregates li:first-child');
      await page.waitForFunction("document.querySelectorAll('.dot').length === 0");
      return expect(await page.evaluate('clicks')).toBe(1);
    }
  },
);

withBrowser('tabs that nobody sees leave the connections of the browser to the others, and catch up', async () => {
  const tabs = [];
  for (let count = 0; count < 7; count++) {
    tabs.push(await suite.open());
    await tabs.at(-1)?.show(false);
  }
  const [first, , , , , , last] = tabs;
  await last?.show(true);
  await last?.sell('Seen by all');
  await last?.sees('Seen by all', '.aggregates h3');
  expect(await first?.page.$$eval('.aggregates h3', (all) => all.map(({ textContent }) => textContent))).not.toContain(
    'Seen by all',
  );
  await first?.show(true);
  await first?.sees('Seen by all', '.aggregates h3');
  await first?.sees(/applied.*ticket:createdv0/, '.step');
});

withBrowser('a console that hangs is said, and followed again as soon as it answers', async () => {
  const console = await suite.open();
  const pid = suite.consolePid();
  await pauseProcess(pid);
  try {
    await console.sees('no answer', '.status');
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await console.sees('live', '.status');
  await console.sell('After a silence');
  await console.sees('After a silence', '.aggregates h3');
});

withBrowser(
  'after another start of the console the page acts with the new token, and nobody loads it again',
  async () => {
    const console = await suite.open();
    const token = `document.querySelector('meta[name=console-token]')?.content`;
    const before = await console.page.evaluate(token);
    await console.refuseOnce('/'); // it may be away again right after it said that it is another start
    process.kill(suite.consolePid(), 'SIGKILL');
    await console.page.waitForFunction(`${token} !== ${JSON.stringify(before)}`);
    await console.sees('live', '.status');
    await console.sell('After another start');
    await console.sees('After another start', '.aggregates h3');
    await console.sees('everything agrees', '.status');
  },
);

withBrowser('10,000 steps later neither the page nor its memory has grown', async () => {
  const console = await suite.open();
  const sellMany = `(async () => {
    const token = document.querySelector('meta[name=console-token]').content;
    const headers = { 'content-type': 'application/json', 'x-console-token': token };
    const sell = async (n) => {
      for (let left = 50; left > 0; left--) {
        const body = JSON.stringify({ user: 'alice', title: 'Load', price: n });
        await fetch('/console/acts/sell', { method: 'POST', headers, body });
      }
    };
    await Promise.all([1, 2, 3, 4].map(sell));
  })()`;
  for (let sold = 0; sold < 2_500; sold += 200) await console.page.evaluate(sellMany);
  await console.sell('The last one');
  await console.sees('The last one', '.aggregates h3');
  await console.sees('everything agrees', '.status');
  await console.press('Sell, order and pay one');
  await console.sees(/show 120 of 4880 older ones/, '.steps');
  expect((await console.page.metrics()).JSHeapUsedSize).toBeLessThan(150e6);
  expect(await console.page.$$eval('*', ({ length }) => length)).toBeLessThan(3_000);
});

withBrowser('it says everything without motion, at the width of a phone, and nothing is wider than that', async () => {
  const console = await suite.open();
  const { page: phone } = console;
  await phone.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);
  await phone.setViewport({ width: 390, height: 844 });
  await phone.reload(); // nothing is on its way of what the page saw before
  await console.sees('live', '.status');
  const watch =
    'new MutationObserver(() => (window.moved = true)).observe(document.querySelector(".dots"), { childList: true })';
  await phone.evaluate(`window.moved = false; ${watch}`);
  await console.press('Sell, order and pay one');
  await console.sell('On a phone');
  await console.seesBoth('On a phone', 0);
  await console.sees('everything agrees', '.status');
  const words = `(() => {
    const newest = document.querySelector('.steps li:last-child .step').children;
    const [, kind, subject, version, id, where] = [...newest].map(({ textContent }) => textContent);
    return [where + ' ' + kind + ' ' + subject + ' version ' + version.slice(1) + ' of ' + id, document.querySelector('.latest').textContent];
  })()`;
  const [newest, latest] = (await phone.evaluate(words)) as string[];
  expect(latest).toBe(newest);
  expect(await phone.evaluate('[window.moved, document.documentElement.scrollWidth]')).toEqual([false, 390]);
});
