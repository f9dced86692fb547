import { disturb } from './faults';
import { type Schedule, stallSchedule } from './schedule';
import { keyOf, makeStory } from './story';

const seeds = Array.from({ length: 40 }, (_, seed) => seed);
const sizes: [number, number][] = [
  [5, 8],
  [1, 2],
  [3, 40],
];

/** Events that are published for the first time after their successor. */
function overtaken({ publications }: Schedule): number {
  const order = publications.filter(({ why }) => why !== 'copy').map(({ event }) => keyOf(event));
  return publications.filter(({ event: { id, version }, why }) => {
    const successor = order.indexOf(keyOf({ id, version: version + 1 }));
    return why !== 'copy' && successor >= 0 && successor < order.indexOf(keyOf({ id, version }));
  }).length;
}

test('the same seed gives the same schedule, another seed another one', () => {
  const story = makeStory(1, 5, 8);
  expect(disturb(story, 1)).toEqual(disturb(story, 1));
  expect(disturb(story, 1)).not.toEqual(disturb(story, 2));
});

test.each(sizes)('%i tickets with %i events: every seed has every fault, and loses no event', (tickets, events) => {
  for (const seed of seeds) {
    const story = makeStory(seed, tickets, events);
    const schedule = disturb(story, seed);
    const count = (...reasons: string[]) => schedule.publications.filter(({ why }) => reasons.includes(why)).length;
    const keys = schedule.publications.map(({ event }) => keyOf(event));

    expect(new Set(keys)).toEqual(new Set(story.events.map(keyOf)));
    expect(count('late', 'delayed')).toBeGreaterThan(0);
    expect(overtaken(schedule)).toBeGreaterThanOrEqual(count('late', 'delayed'));
    expect(count('copy')).toBeGreaterThan(0);
    expect(keys).toHaveLength(story.events.length + count('copy'));
    expect(schedule.lostAcks.length).toBeGreaterThan(0);
    expect(schedule.lostAcks.every((key) => keys.includes(key))).toBe(true);
    expect(schedule.crash?.atDelivery).toBeGreaterThan(0);
    expect(schedule.crash?.atDelivery).toBeLessThanOrEqual(Math.ceil(keys.length / 2));
    const times = schedule.publications.map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((one, other) => one - other));
  }
});

test('a disturbed event is the event of the story, but for the clock of its publisher', () => {
  const story = makeStory(3, 5, 8);
  const clocks = new Set<number>();
  for (const { event } of disturb(story, 3).publications) {
    const told = story.events[event.number - 1];
    expect({ ...event, meta: told?.meta }).toEqual(told);
    clocks.add(Date.parse(told?.meta.occurredAt ?? '') - Date.parse(event.meta.occurredAt));
  }
  expect(clocks.size).toBe(2);
  expect(clocks).toContain(0);
  expect(Math.max(...clocks)).toBeGreaterThanOrEqual(20);
});

test('the slow member is slower than the other one with every event', () => {
  for (const [fast, slow] of disturb(makeStory(3, 5, 8), 3).handlingMs.values()) expect(slow).toBeGreaterThan(fast);
});

test('the stall schedule has every successor before every predecessor', () => {
  const versions = stallSchedule(makeStory(1, 12, 2), 1_000).publications.map(({ event }) => event.version);
  expect(versions).toEqual([...Array<number>(12).fill(1), ...Array<number>(12).fill(0)]);
});
