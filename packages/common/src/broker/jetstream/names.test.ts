import { RefusedError } from '../errors';
import { channelOf, consumerOf, filterOf, subjectOf } from './names';

test.each([
  ['ticket:created', 'a1', 'ticketing.ticket.a1.created'],
  ['ticket:created', undefined, 'ticketing.ticket._.created'],
  ['ticket:created', '_', 'ticketing.ticket.%5F.created'],
  ['t1.ticket:created', 'x.y', 'ticketing.t1%2Eticket.x%2Ey.created'],
  ['a:b:c', '*', 'ticketing.a.%2A.b%3Ac'],
  ['channel', 'a b>', 'ticketing.channel.a%20b%3E._'],
  ['channel:_', undefined, 'ticketing.channel._.%5F'],
  ['$x', 'ä', 'ticketing.%24x.%C3%A4._'],
])('%s of %s is %s', (channel, aggregate, subject) => {
  expect(subjectOf(channel, aggregate)).toBe(subject);
});

const signs = ['.', ':', '*', '>', '_', '%', ' ', '\n', '\u0000', '/', '\\', '-', 'a', 'A', 'ä', '😀', '%2E', '%2e'];
const pairs = signs.flatMap((one) => signs.map((other) => one + other));
const ids = [...signs, ...pairs, ...pairs.map((pair) => `a${pair}`), '5F', '%5F', '__', 'undefined', 'null'];
const channels = ids.filter((id) => !id.startsWith(':') && !id.endsWith(':'));

/** Whether a server delivers the subject to a consumer with this filter. */
function fits(subject: string, filter: string): boolean {
  const words = subject.split('.');
  const wanted = filter.split('.');
  return words.length === wanted.length && wanted.every((word, index) => word === '*' || word === words[index]);
}

test('a subject is of one aggregate of one channel, and a server takes it', () => {
  const some = signs.filter((sign) => sign !== ':').flatMap((one) => [one, `${one}:${one}`, `a:${one}`, `${one}:a`]);
  const subjects = [
    ...channels.flatMap((channel) => [undefined, 'a', '_', '.'].map((id) => subjectOf(channel, id))),
    ...some.flatMap((channel) => ids.map((id) => subjectOf(`!${channel}`, id))), // "!" is in no other channel
  ];
  const different = new Set(channels).size * 4 + new Set(some).size * new Set(ids).size;
  expect(new Set(subjects).size).toBe(different);
  for (const subject of subjects) expect(subject).toMatch(/^ticketing(\.[A-Za-z0-9%_!~'()-]+){3}$/);
});

test('the filter of a channel tells the channel, and another filter stays as it is', () => {
  expect(channels.map((channel) => channelOf(filterOf(channel)))).toEqual(channels);
  for (const filter of ['>', 'ticketing.>', 'other.ticket.*.created']) expect(channelOf(filter)).toBe(filter);
});

test('the filter of a channel fits its aggregates, and none of another channel', () => {
  const some = new Set(['a', 'a:b', 'a:_', '_', '_:_', 'a.b', 'a.b:c', 'a:b.c', 'a:b:c', '*', '*:*', '>', 'a:>', '%']);
  const fitting = [...some].map((channel) =>
    [...some].filter((other) =>
      [undefined, 'b', '_', '*', 'b.c'].some((id) => fits(subjectOf(other, id), filterOf(channel))),
    ),
  );
  expect(fitting).toEqual([...some].map((channel) => [channel]));
});

test.each([
  ['', 'a'],
  [':', 'a'],
  ['a:', 'a'],
  [':a', 'a'],
  ['a', ''],
  ['c'.repeat(256), 'a'],
  ['a', '.'.repeat(86)], // of three signs each
  ['a', '\ud800'],
  ['\udc00:b', 'a'],
])('channel %j of aggregate %j is refused', (channel, aggregate) => {
  expect(() => subjectOf(channel, aggregate)).toThrow(RefusedError);
});

test('pairs of a channel and a group have different names, which a server takes', () => {
  const parts = ['a', 'a.b', 'a:b', 'a_b', 'a__b', '_', '__', 'a_2e_b', '2e', 'a b', 'ä', '.', '..', '-'];
  const names = parts.flatMap((channel) => parts.map((group) => consumerOf(channel, group)));
  expect(new Set(names).size).toBe(parts.length ** 2);
  for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]+$/);
  expect(() => consumerOf('c'.repeat(200), 'g'.repeat(60))).toThrow(RefusedError);
});
