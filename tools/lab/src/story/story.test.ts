import { decodeEvent } from '@ticketing/common';
import { makeStory } from './story';

const story = makeStory(7, 4, 6);

test('the same seed tells the same story, another seed another one', () => {
  expect(makeStory(7, 4, 6)).toEqual(story);
  expect(makeStory(8, 4, 6)).not.toEqual(story);
});

test('every ticket has versions 0 to n, and its price is the sum of its changes', () => {
  expect(story.tickets).toHaveLength(4);
  for (const { events } of story.tickets) {
    expect(events.map(({ version }) => version)).toEqual([0, 1, 2, 3, 4, 5]);
    let sum = 0;
    for (const { change, price } of events) expect(price).toBe((sum += change));
    expect(events.every(({ change }) => change !== 0)).toBe(true);
  }
});

test('events are numbered in one row, and keep the contract of ticket:updated', () => {
  expect(story.events.map(({ number }) => number)).toEqual(story.events.map((_, index) => index + 1));
  const stored = { channel: 'ticket:updated', sequence: 1, storedAt: 1 };
  for (const event of story.events) {
    expect(event).toHaveProperty('meta');
    expect(decodeEvent('ticket:updated', { ...stored, payload: JSON.stringify(event) }).ok).toBe(true);
  }
});
