import type { Connection } from './connections';
import { heartbeatOf, type Observed, observe } from './heartbeat';

const connection = (in_msgs: number, delivered: number, cid = 1): Connection => ({
  ...{ cid, start: `start of ${cid}`, in_msgs, delivered },
});

/** One look at a connection: when (ms), how much it has sent, how many heartbeats it got, and its id. */
type Look = readonly [now: number, in_msgs: number, delivered: number, cid?: number];

test.each<[string, readonly Look[], object]>([
  ['one look', [[0, 5, 3]], { state: 'connected', quiet_ms: 0, unanswered: 0 }],
  [
    'nothing happened',
    [
      [0, 5, 3],
      [4000, 5, 3],
    ],
    { state: 'connected', quiet_ms: 4000, unanswered: 0 },
  ],
  [
    'it spoke',
    [
      [0, 5, 3],
      [1000, 6, 3],
    ],
    { state: 'answering', quiet_ms: 0, unanswered: 0 },
  ],
  [
    'it answered',
    [
      [0, 5, 3],
      [1000, 6, 4],
    ],
    { state: 'answering', quiet_ms: 0, unanswered: 0 },
  ],
  [
    'the answer is on its way',
    [
      [0, 5, 3],
      [900, 5, 4],
    ],
    { state: 'connected', quiet_ms: 900, unanswered: 1 },
  ],
  [
    'it spoke, and the answer is on its way',
    [
      [0, 5, 3],
      [1000, 6, 3],
      [2000, 6, 4],
    ],
    { state: 'answering', quiet_ms: 1000, unanswered: 1 },
  ],
  [
    'the answer came with the next look',
    [
      [0, 5, 3],
      [900, 5, 4],
      [1900, 6, 4],
    ],
    { state: 'answering', quiet_ms: 0, unanswered: 0 },
  ],
  [
    'no answer',
    [
      [0, 5, 3],
      [900, 5, 4],
      [1900, 5, 4],
    ],
    { state: 'silent', quiet_ms: 1900, unanswered: 1 },
  ],
  [
    'no answer to several',
    [
      [0, 5, 3],
      [900, 6, 4],
      [1900, 6, 5],
      [2900, 6, 5],
      [3900, 6, 6],
    ],
    { state: 'silent', quiet_ms: 3000, unanswered: 2 },
  ],
  [
    'it speaks again',
    [
      [0, 5, 3],
      [900, 5, 4],
      [1900, 5, 5],
      [2900, 7, 5],
    ],
    { state: 'answering', quiet_ms: 0, unanswered: 0 },
  ],
  [
    'another connection',
    [
      [0, 5, 3],
      [900, 5, 4],
      [1900, 5, 5],
      [2900, 5, 5, 2],
    ],
    { state: 'connected', quiet_ms: 0, unanswered: 0 },
  ],
])('%s', (_, seen, heartbeat) => {
  const observed = seen.reduce<Observed | undefined>(
    (before, [now, in_msgs, delivered, cid]) => observe(before, connection(in_msgs, delivered, cid), now),
    undefined,
  );
  expect(heartbeatOf(observed, seen.at(-1)?.[0] ?? 0, true)).toEqual(heartbeat);
});

test('without a connection: that it has none is known only from a list of all', () => {
  expect(heartbeatOf(undefined, 0, true)).toEqual({ state: 'no connection', quiet_ms: null, unanswered: null });
  expect(heartbeatOf(undefined, 0, false)).toEqual({ state: 'unknown', quiet_ms: null, unanswered: null });
});
