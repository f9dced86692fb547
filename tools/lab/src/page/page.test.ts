import { handmadeResult } from '../run/lab.test.helper';
import { pageOf } from './page';

const page = pageOf(handmadeResult());
const cards = page.split('<article').slice(1);
const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;

test('needs nothing else: no address, no file, no library', () => {
  expect(page).not.toMatch(/https?:\/\/|@import|url\(|<link|<img|\bsrc=/);
  expect(page).toMatch(/^<!doctype html>/);
});

test('every tag that is opened is closed', () => {
  for (const tag of [
    'html',
    'body',
    'section',
    'article',
    'svg',
    'g',
    'text',
    'title',
    'table',
    'tr',
    'td',
    'ul',
    'li',
  ]) {
    expect({ tag, closed: count(page, new RegExp(`</${tag}>`, 'g')) }).toEqual({
      tag,
      closed: count(page, new RegExp(`<${tag}[ >]`, 'g')),
    });
  }
});

test('has a chart for each ticket and strategy, with a mark and a title for each delivery', () => {
  expect(cards).toHaveLength(4); // the two of the start, and again those of the only ticket
  for (const card of cards) {
    expect(count(card, /class="mark /g)).toBe(5);
    expect(count(card, /<title>Version \d came /g)).toBe(5);
  }
});

test('shows the step back, the double apply and the wrong end of the naive strategy, and none in the versioned one', () => {
  const [naive = '', versioned = ''] = cards;
  expect(naive).toMatch(/class="back".*class="fault twice".*class="end wrong"/s);
  expect(naive).toContain('APPLIED TWICE');
  expect(versioned).not.toMatch(/class="back"|class="fault|class="end wrong"/);
  expect(versioned).toMatch(/class="wait".*class="end right"/s);
});

test('says who stalled', () => {
  expect(page).toMatch(/12 successors ahead.*done in 120 ms/);
});

test('explains its signs, and is for light and dark', () => {
  for (const words of ['early', 'late', 'again', 'lost update', 'applied twice']) expect(page).toContain(words);
  expect(page).toContain('prefers-color-scheme: dark');
});

test('writes text as text', () => {
  expect(page).toContain('a &lt;real&gt; one');
  expect(page).not.toContain('<real>');
});
