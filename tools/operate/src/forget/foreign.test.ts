import type { Owned } from '../audit/checks/check-stream';
import type { StreamedEvent } from '../audit/report';
import { foreignEvents } from './foreign';

const state = (version: number, price: number) => ({ id: 'a', version, title: 't', price, userId: 'u' });
/** At version 2, where the price is 20. */
const owner: Owned = {
  ...{ name: 'ticket', id: 'a', createdAt: 0, pending: new Set<number>() },
  ...{ state: state(2, 20), channelOf: () => 'ticket:updated' as const },
};
/** @param eventId undefined without `meta` */
const event = (
  version: number,
  price: number,
  eventId?: string,
  facts: Partial<StreamedEvent> = {},
): StreamedEvent => ({
  ...{ subject: 'ticket:updated', sequence: 1, storedAt: 1, aggregateId: 'a', version, eventId, occurredAt: 1 },
  ...{ snapshot: false, payload: '', state: state(version, price), ...facts },
});
const later = { storedAt: 2 };

test.each<[string, StreamedEvent[], number[]]>([
  ['all that the owner has', [event(0, 1, 'x'), event(1, 2, 'y'), event(2, 20, 'z')], []],
  ['the same event twice', [event(1, 2, 'y'), event(1, 2, 'y', later)], []],
  ['a snapshot of a version', [event(2, 20, 'z'), event(2, 20, 's', { ...later, snapshot: true })], []],
  ['what its owner publishes, told by hand too', [event(1, 2, 'y'), event(1, 2, undefined, later)], []],
  ['two states with meta of a version that is over: nobody can tell', [event(1, 2, 'y'), event(1, 3, 'n', later)], []],
  ['a version that the owner has not', [event(2, 20, 'z'), event(3, 20, 'n')], [1]],
  ['another state of the version that the owner has', [event(2, 20, 'z'), event(2, 1, 'n')], [1]],
  ['another state of a version that is over, without meta', [event(1, 3), event(1, 2, 'y', later)], [0]],
  ['a second event of a version', [event(1, 2, 'y'), event(1, 2, 'n', later)], [1]],
])('%s', (_what, events, foreign) => {
  expect(foreignEvents(events, owner)).toEqual(foreign.map((index) => events[index]));
});

test('of an aggregate that nobody owns, all', () => {
  const events = [event(0, 1), event(1, 2, 'y')];
  expect(foreignEvents(events, undefined)).toEqual(events);
});
