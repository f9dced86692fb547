import { eventLine } from './event-line';
import { readableLog } from './readable-log';

const time = '2026-11-26T14:02:03.123Z';
const at = `[${new Date(time).toTimeString().slice(0, 8)}]`;
const event = { level: 20, time, name: 'orders', aggregateId: '65', version: 3, eventId: 'e' };
const line = (facts: object) => JSON.stringify({ ...event, ...facts });

test.each([
  [{ msg: 'published', subject: 'ticket:updated' }, `${at} published ticket:updated 65 version 3`],
  [
    { msg: 'handled an event', channel: 'ticket:updated', outcome: 'parked' },
    `${at} parked    ticket:updated 65 version 3`,
  ],
  [
    { msg: 'handled an event', channel: 'ticket:updated', outcome: 'applied', version: undefined },
    `${at} applied   ticket:updated 65 version ?`,
  ],
  [{ msg: 'closed' }, ''],
  [{ msg: 'published', level: 30 }, undefined],
])('%j is told as %j', (facts, told) => {
  expect(eventLine(line(facts))).toBe(told);
});

test.each(['not JSON', '{ not JSON', ''])('%j is left as it is', (text) => {
  expect(eventLine(text)).toBeUndefined();
});

test('with a chosen level every line is shown as it is logged; without one, events and no other debug line', () => {
  const shown = (tellEvents: boolean) => {
    let written = '';
    const log = readableLog('orders', {
      write: (text) => (written += text),
      colorize: false,
      settings: { tellEvents },
    });
    for (const msg of ['published', 'closed', 'ready'])
      log(line({ msg, level: msg === 'ready' ? 30 : 20, subject: 's' }));
    return written.trimEnd().split('\n');
  };
  expect(shown(true)).toEqual([`orders  ${at} published s 65 version 3`, expect.stringMatching(/INFO: ready/)]);
  expect(shown(false).map((each) => /DEBUG: \w+|INFO: \w+/.exec(each)?.[0])).toEqual([
    ...['DEBUG: published', 'DEBUG: closed', 'INFO: ready'],
  ]);
});
