import { createLogger } from '@ticketing/common';
import { lineStep } from './line-step';

const facts = { eventId: 'e', aggregateId: 'a', version: 2, traceId: 't' };

/** What a service prints. */
function printed(tell: (logger: ReturnType<typeof createLogger>) => void): string {
  let line = '';
  tell(createLogger({ name: 'orders', level: 'debug', destination: { write: (text: string) => void (line = text) } }));
  return line;
}

test.each([
  ['saved', { subject: 'ticket:updated' }, 'saved'],
  ['published', { subject: 'ticket:updated' }, 'published'],
  ['delivered', { channel: 'ticket:updated', sequence: 7 }, 'delivered'],
  ['handled an event', { channel: 'ticket:updated', outcome: 'parked' }, 'parked'],
])('a line "%s" with %j is the step %s', (message, more, kind) => {
  const step = lineStep(
    'orders',
    printed((logger) => logger.debug({ ...facts, ...more }, message)),
  );
  expect(step).toMatchObject({ ...facts, kind, where: 'orders', subject: 'ticket:updated', at: expect.any(Number) });
});

test('a message that can never be handled is a dead letter at once', () => {
  const line = printed((logger) =>
    logger.error(
      { channel: 'ticket:updated', reason: 'not-json' },
      'a message can never be handled: it is kept as a dead letter',
    ),
  );
  expect(lineStep('orders', line)).toMatchObject({ kind: 'dead-lettered', note: 'not-json' });
});

test.each(['', 'plain text', '{ half a line', '[1]', '{"level":20,"msg":"handled an event","outcome":"invented"}'])(
  'any other line is none: %j',
  (line) => {
    expect(lineStep('orders', line)).toBeUndefined();
  },
);
