import { attributes, unbalancedTags } from './tags.test.helper';
import { madeUpResult } from './made-up-result.test.helper';
import { page } from './page';
import { svg } from './svg';

const html = page(madeUpResult());
const picture = svg(madeUpResult());
const [, create = '', , , , consume = '', lag = ''] = html.split('<article');

const BAR = /<rect class="bar" x="0"[^>]*>/g;
const WANTED = /<line class="wanted" [^>]*y1[^>]*>/g;

test('needs nothing else: no address, no file, no library, no script', () => {
  expect(html).toMatch(/^<!doctype html>/);
  for (const text of [html, picture.replace('xmlns="http://www.w3.org/2000/svg"', '')]) {
    expect(text).not.toMatch(/https?:|@import|@font-face|url\(|<link|<img|<script|\b(src|href)=/);
  }
});

test('every tag that is opened is closed', () => {
  expect(unbalancedTags(html, ['meta', 'br'])).toEqual([]);
  expect(unbalancedTags(picture)).toEqual([]);
  expect(unbalancedTags('<a><b></a></b>')).toEqual(['</a>']);
});

test('writes text as text', () => {
  for (const text of [html, picture]) {
    expect(text).toContain('insert &amp; &lt;publish&gt;');
    expect(text).not.toMatch(/<publish>|<lost>|<CPU>|&(?!amp;|lt;|gt;|quot;)/);
  }
  expect(html).toContain('3 events were &lt;lost&gt; &amp; never came again');
  expect(html).toContain('Made-up &lt;CPU&gt; &amp; Co');
});

test('bars are as long as their medians, and the mark is at the wanted share of the ceiling', () => {
  for (const text of [create, picture.split('class="name"')[1] ?? '']) {
    const [ours = NaN, insert = NaN, publish = NaN] = attributes(text, BAR, 'width');
    expect(ours / insert).toBeCloseTo(0.8, 3);
    expect(publish / insert).toBeCloseTo(0.9, 3);
    const marks = attributes(text, WANTED, 'x1'); // both on ours, then each on its ceiling
    expect(marks).toHaveLength(4);
    expect(marks[0]).toBeCloseTo(0.8 * insert, 1);
    expect(marks[1]).toBeCloseTo(0.95 * publish, 1);
    expect(marks.slice(2)).toEqual(marks.slice(0, 2));
  }
});

test('the whisker goes from the lowest round to the highest, and nothing leaves the chart', () => {
  const [whisker = ''] = /<g class="whisker">.*?<\/g>/s.exec(create) ?? [];
  const [ours = NaN] = attributes(create, BAR, 'width');
  expect(attributes(whisker, /<line[^>]*>/g, 'x1')[0]).toBeCloseTo(0.9 * ours, 1);
  expect(attributes(whisker, /<line[^>]*>/g, 'x2')[0]).toBeCloseTo(1.25 * ours, 1);
  for (const name of ['x1', 'x2']) {
    for (const place of attributes(html, WANTED, name)) expect(place).toBeLessThanOrEqual(98);
  }
  expect(attributes(lag, WANTED, 'x1')).toEqual([98, 98]); // the goal is longer than both bars
});

test('says of each ratio whether it is met, and of a latency that lower is better', () => {
  expect(create).toMatch(/ratio 0\.8 \(0\.72–1\), wanted ≥ 0\.8: <tspan class="good">met</);
  expect(create).toMatch(/ratio 0\.889 .* wanted ≥ 0\.95: <tspan class="bad">not met</);
  expect(consume).toContain('broken, not met');
  expect(lag).toMatch(/wanted ≤ 2: <tspan class="good">met</);
  for (const text of [html, picture]) expect(text.match(/Lower is better\./g)).toHaveLength(2);
});

test('shows what else was measured of ours and of each ceiling, and the goals of such figures', () => {
  expect(create).toMatch(/<th scope="row">lost &amp; &lt;gone&gt;<\/th><td><\/td><td>7<br>/);
  expect(create).toMatch(/<th scope="row">latency p50 \(ms\)<\/th><td>3<br>.*<td>2<br>/);
  expect(create).toMatch(/<th scope="row">latency p99 \(ms\)<br>.*wanted ≤ 20: <b class="bad">not met<.*<td>21<br>/);
  expect(create).toMatch(/memory .*wanted ≤ 150: <b class="good">met</);
  expect(html).toMatch(/<td>latency p99 \(ms\)<\/td><td>21<\/td>.*<td>≤ 20<\/td><td class="bad">NO</);
});

test('is for light, dark and a phone, and says where it was measured', () => {
  for (const words of ['prefers-color-scheme: dark', 'name="viewport"', 'made-up MongoDB', 'made-up NATS Streaming']) {
    expect(html).toContain(words);
  }
  expect(html).toContain('2001-02-03 04:05 UTC, 5 rounds');
});

test('a figure of nothing is an empty bar', () => {
  const none = { median: 0, min: 0, max: 0 };
  const cases = madeUpResult().cases.map((one) => ({ ...one, ours: none, ceilings: [] }));
  expect(attributes(page({ ...madeUpResult(), cases }), BAR, 'width')).toEqual([0, 0, 0, 0, 0, 0, 0]);
});
