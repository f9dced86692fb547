import { handmadeResult } from '../run/lab.test.helper';
import { chartOf } from './chart';
import { pageOf } from './page';
import { pictureOf } from './picture';
import { linesOf, roomFor } from './room';
import { type Timeline, timelineOf } from './timeline';

const pauses = (...slots: number[]) => slots.map((slot) => ({ slot, ms: 500 }));
const timeline = (slots: number, ...at: number[]) => ({ slots, pauses: pauses(...at) }) as unknown as Timeline;

test.each([
  [
    [1, 2, 3],
    [0, 1, 2],
  ],
  [
    [1, 2, 5],
    [0, 1, 0],
  ],
  [
    [1, 4, 7],
    [0, 0, 0],
  ],
  [[], []],
])('labels of pauses before the slots %j are in the lines %j', (slots, lines) => {
  expect(linesOf(pauses(...slots), 30)).toEqual(lines);
});

test('charts of one picture have the room of the largest', () => {
  expect(roomFor([timeline(10, 1), timeline(31, 5, 6)])).toEqual({ slots: 31, step: 20, lines: 2 });
  expect(roomFor([timeline(3)])).toEqual({ slots: 3, step: 30, lines: 0 });
});

test('all charts of the page have one size, and so one scale', () => {
  const sizes = pageOf(handmadeResult()).match(/viewBox="0 0 \d+ \d+" width="\d+" height="\d+" class/g) ?? [];
  expect(sizes).toHaveLength(4);
  expect(new Set(sizes).size).toBe(1);
});

test('the picture has the naive chart and the versioned one, with their ends in words', () => {
  const picture = pictureOf(handmadeResult());
  expect(picture).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" /);
  expect(picture.match(/role="img" aria-label/g)).toHaveLength(2);
  expect(picture).toMatch(/ended wrong: .*ended right: /s);
});

test('the label of a crash at the very end is not cut, and covers no mark', () => {
  const { story, results } = handmadeResult();
  const [ticket] = story.tickets;
  const timelines = results.map(({ disorder }) => timelineOf(story, disorder, ticket?.id ?? ''));
  for (const each of timelines) {
    const chart = chartOf({ ...each, crashes: [each.slots] }, 'it', roomFor([each]));
    const [, width] = /viewBox="0 0 (\d+)/.exec(chart) ?? [];
    const [, x, baseline] = /<text x="([\d.]+)" y="(\d+)">A killed/.exec(chart) ?? [];
    expect(Number(x) + 25).toBeLessThan(Number(width));
    const tops = [...chart.matchAll(/cy="([\d.]+)" r="([\d.]+)"/g)].map(([, y, r]) => Number(y) - Number(r));
    expect(Math.min(...tops)).toBeGreaterThan(Number(baseline) + 2);
  }
});
