import type { MonitoredSubscription } from './streaming';
import { namesOf, notSent, stateOf } from './subscription-state';

const subscription = (given: Partial<MonitoredSubscription>): MonitoredSubscription => ({
  ...{ client_id: 'a', is_durable: false, is_offline: false, is_stalled: false },
  ...{ max_inflight: 1, ack_wait: 30, last_sent: 0, pending_count: 0, ...given },
});

test.each([
  [{}, 'ready'],
  [{ is_stalled: true }, 'stalled'],
  [{ is_offline: true }, 'offline'],
  [{ is_offline: true, is_stalled: true }, 'offline'],
])('%j is %s', (given, state) => {
  expect(stateOf(subscription(given))).toBe(state);
});

test.each([
  [{}, { group: null, durable: null }],
  [{ durable_name: 'd' }, { group: null, durable: 'd' }],
  [{ queue_name: 'g' }, { group: 'g', durable: null }],
  [{ queue_name: 'd:g' }, { group: 'g', durable: 'd' }],
  [{ queue_name: 'd:g:h' }, { group: 'g:h', durable: 'd' }],
])('%j is named %j', (given, names) => {
  expect(namesOf(subscription(given))).toEqual(names);
});

type Given = Partial<MonitoredSubscription>;

test.each<[string, number, readonly [first: number, last: number], Given, Given[]]>([
  ['an empty channel', 0, [0, 0], { last_sent: 0 }, []],
  ['nothing was sent', 10, [1, 10], { last_sent: 0 }, []],
  ['some was', 3, [1, 10], { last_sent: 7 }, [{ last_sent: 9 }]],
  ['the store has removed what was not sent', 6, [5, 10], { last_sent: 2 }, []],
  ['another member was sent more', 1, [1, 10], { queue_name: 'g', last_sent: 2 }, [{ queue_name: 'g', last_sent: 9 }]],
  ['of another group', 8, [1, 10], { queue_name: 'g', last_sent: 2 }, [{ queue_name: 'h', last_sent: 9 }]],
])('not sent: %s', (_, expected, [first_seq, last_seq], given, others) => {
  const one = subscription(given);
  const subscriptions = [one, ...others.map(subscription)];
  expect(notSent({ name: 'c', msgs: 0, bytes: 0, first_seq, last_seq, subscriptions }, one)).toBe(expected);
});
