import { decodeEvent, encodeEvent, type EventOf } from '../events/contracts';
import { newId, ticketEvent } from '../consumer/consumer.test.helper';
import { ticketInput, ticketReply } from './tickets';

/** What is wrong with an input; undefined when it is accepted. */
const problem = (input: { title?: string; price?: number }) =>
  ticketInput.safeParse({ title: 'Concert', price: 20, ...input }).error?.issues.map(({ message }) => message)[0];

test.each([
  ['a zero-width space', '\u200b'],
  ['joiners', '\u200d\u200c'],
  ['a soft hyphen', '\u00ad'],
  ['blanks', ' \u00a0\u3000\u2003'],
  ['a Hangul filler', '\u3164'],
  ['a blank of Braille', '\u2800'],
  ['a null note head', '\u{1d159}'],
  ['blank hieroglyphs', '\u{13441}\u{13442}'],
  ['a variation selector', '\ufe0f'],
  ['a grapheme joiner', '\u034f'],
  ['a mark on nothing', '\u0301'],
  ['direction marks', '\u200e\u200f'],
  ['tags', '\u{e0041}\u{e007f}'],
  ['nothing', ''],
])('a title of %s shows nothing', (_what, title) => {
  expect(problem({ title })).toBe('a title that can be seen is needed');
});

test.each([
  ['NUL', 'a\0b'],
  ['NUL alone', '\0'],
  ['a tab', 'a\tb'],
  ['a line break', 'a\nb'],
  ['a line break at its end', 'a\n'],
  ['escape', 'a\u001b[31mb'],
  ['delete', 'a\u007fb'],
  ['next line', 'a\u0085b'],
  ['a line separator', 'a\u2028b'],
  ['an override to the left', 'a\u202eb'],
  ['an embedding', 'a\u202ab\u202c'],
  ['an isolate', 'a\u2067b\u2069'],
])('a title with %s is refused', (_what, title) => {
  expect(problem({ title })).toBe('no line breaks, other control characters or changes of direction');
});

test.each([
  ['a mark that is an own character', 'Cafe\u0301'],
  ['a family', '👨‍👩‍👧 ticket'],
  ['emoji alone', '🎫'],
  ['a flag of tags', '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}'],
  ['a heart by a selector', '❤\ufe0f'],
  ['a keycap', '1\ufe0f\u20e3'],
  ['Persian with a non-joiner', 'می\u200cخواهم'],
  ['Hindi', 'क्\u200dष'],
  ['Hebrew with a direction mark', 'שלום\u200f!'],
  ['a character that is newer than this Node', '\u{1fbff}x'],
  ['200 characters', 'x'.repeat(200)],
])('a title with %s stays as it is', (_what, title) => {
  expect(ticketInput.parse({ title: ` ${title} `, price: 20 }).title).toBe(title);
});

test.each([0.01, 0.07, 0.1, 0.29, 0.3, 1.1, 1.15, 4.35, 8.2, 19.99, 1.005e1, 999_999.99, 999_999.01, 1_000_000, 1e2])(
  'the price %d has two decimals at most',
  (price) => {
    expect(problem({ price })).toBeUndefined();
  },
);

test('every price of whole cents is taken, and the number beside each is not', () => {
  const beside = (price: number) => price * (1 + Number.EPSILON);
  for (let cents = 1; cents <= 100_000_000; cents += 9_973) {
    const price = Number((cents / 100).toFixed(2));
    expect([price, problem({ price })]).toEqual([price, undefined]);
    expect([price, problem({ price: beside(price) })]).not.toEqual([price, undefined]);
  }
});

test.each([10.005, 19.999, 0.001, 0.014_999, 1e-7, 5e-324, 0.1 + 0.2, 1.15 + Number.EPSILON, 999_999.999])(
  'the price %d is refused',
  (price) => {
    expect(problem({ price })).toBe('at most two decimals, such as 19.99');
  },
);

test.each([
  [0, 'must be greater than 0'],
  [-0.01, 'must be greater than 0'],
  [1_000_000.01, 'at most 1,000,000'],
])('the price %d is out of bounds as before', (price, message) => {
  expect(problem({ price })).toBe(message);
});

test('tickets that are older than these rules are shown, published and consumed as they are', () => {
  const event: EventOf<'ticket:updated'> = { ...ticketEvent(newId(), 3), title: '\u200b', price: 10.005 };
  expect({ ...ticketReply.parse(event), meta: event.meta }).toEqual(event);
  const payload = encodeEvent('ticket:updated', event);
  const decoded = decodeEvent('ticket:updated', { channel: 'ticket:updated', sequence: 1, storedAt: 0, payload });
  expect(decoded).toEqual({ ok: true, event });
});
