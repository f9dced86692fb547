import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npmInstall } from '@ticketing/servers';
import type { Browser, Page } from 'puppeteer-core';
import { chromium, launchBrowser, newPage, withBrowser } from '../api/browser.helper';

jest.setTimeout(300_000);

const ROOT = join(__dirname, '..', '..', '..');
const MERMAID = '@mermaid-js/tiny@12.0.0';

/** Each picture that a page has as text, with its page. */
const pictures = execFileSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' })
  .trim()
  .split('\n')
  .flatMap((page) =>
    [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^```mermaid\n([^]*?)^```/gm)].map(
      ([, text = '']) => [page, text] as const,
    ),
  );

let browser: Browser | undefined;
let page: Page;
beforeAll(async () => {
  if (chromium === undefined) return;
  const folder = await npmInstall(MERMAID, { env: process.env, log: (line) => process.stderr.write(`${line}\n`) });
  browser = await launchBrowser();
  page = await newPage(browser);
  await page.setContent('<!doctype html><body></body>');
  await page.evaluate(`${readFileSync(join(folder, 'dist', 'mermaid.tiny.js'), 'utf8')};undefined`);
});
afterAll(() => browser?.close());

/** The words of a picture, as mermaid draws it. @throws what mermaid says of a mistake */
async function drawn(text: string): Promise<string> {
  const words = `(svg) => new DOMParser().parseFromString(svg, 'text/html').body.textContent`;
  const drawing = `mermaid.render('picture', ${JSON.stringify(text)}).then(({ svg }) => (${words})(svg))`;
  return (await page.evaluate(drawing)) as string;
}

/** What is said at an arrow, in a note or as a name. */
const saidIn = (text: string) =>
  [...text.matchAll(text.startsWith('sequenceDiagram') ? /(?:: | as )(.+)$/gm : /\|(.+?)\|/g)].map(
    ([, said = '']) => said,
  );

test('there are pictures, at least one in each of these pages', () => {
  const pages = new Set(pictures.map(([of]) => of));
  expect([...pages]).toEqual(expect.arrayContaining(['README.md', 'docs/events.md', 'docs/nats-streaming.md']));
});

withBrowser('mermaid draws each picture, with all that it says', async () => {
  for (const [of, text] of pictures) {
    const words = await drawn(text);
    expect([of, saidIn(text).filter((said) => !words.includes(said))]).toEqual([of, []]);
  }
});

withBrowser.each([
  ['an arrow that there is not', '->>', '~>>', /Parse error/],
  ['a semicolon, which ends what is said', 'ack, lost', 'ack; lost', /Parse error/],
])('it refuses one with %s', async (_, right, wrong, words) => {
  const [, text = ''] = pictures.find(([, one]) => one.includes(right)) ?? [];
  await drawn(text);
  await expect(drawn(text.replace(right, wrong))).rejects.toThrow(words);
});
