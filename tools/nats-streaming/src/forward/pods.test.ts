import { choosePod, parsePods, readyPods } from './pods';

const pod = (name: string, uid: string, status: object = {}, deletionTimestamp?: string) => ({
  metadata: { name, uid, ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) },
  spec: { containers: [] },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], ...status },
});
const unready = {
  conditions: [
    { type: 'PodScheduled', status: 'True' },
    { type: 'Ready', status: 'False' },
  ],
};
const read = (...items: object[]) => parsePods(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));

test.each([
  ['ready', pod('a', '1'), { running: true, ready: true }],
  ['its probe fails', pod('a', '1', unready), { running: true, ready: false, state: 'not ready' }],
  [
    'being deleted, and still ready',
    pod('a', '1', {}, '2026-01-01T00:00:00Z'),
    { running: false, ready: false, state: 'being deleted' },
  ],
  [
    'not on a node yet',
    pod('a', '1', { phase: 'Pending', conditions: undefined }),
    { running: false, ready: false, state: 'pending' },
  ],
  ['evicted', pod('a', '1', { phase: 'Failed', conditions: unready.conditions }), { running: false, state: 'failed' }],
  ['without conditions', pod('a', '1', { conditions: null }), { running: true, ready: false }],
  ['without a status', { metadata: { name: 'a', uid: '1' } }, { running: false, ready: false, state: 'unknown' }],
])('reads a pod that is %s', (_, json, expected) => {
  expect(read(json)).toEqual([expect.objectContaining({ name: 'a', uid: '1', ...expected })]);
});

test.each(['', 'null', '{}', '{"kind":"Pod","metadata":{}}', '{"kind":"List","items":[{}]}', 'No resources found'])(
  'refuses %j',
  (json) => expect(() => parsePods(json)).toThrow(),
);

const deleted = (name: string, uid: string) => pod(name, uid, {}, '2026-01-01T00:00:00Z');
test.each([
  ['none', [], undefined, undefined],
  ['of several ready the first by name', [pod('c', '3'), pod('a', '1', unready), pod('b', '2')], undefined, '2'],
  ['none that is only running', [pod('a', '1', unready)], undefined, undefined],
  ['none that is being deleted', [deleted('a', '1')], undefined, undefined],
  ['the one of now before the first by name', [pod('a', '1'), pod('b', '2')], '2', '2'],
  ['the next one of the same name', [pod('a', '2')], '1', '2'],
  ['the one of now though its probe fails', [pod('a', '1', unready)], '1', '1'],
  ['a ready one, when the probe of the one of now fails', [pod('a', '1', unready), pod('b', '2')], '1', '2'],
  ['not the one of now when it is being deleted', [deleted('a', '1')], '1', undefined],
  ['not the one of now when it has failed', [pod('a', '1', { phase: 'Failed', ...unready })], '1', undefined],
])('chooses %s', (_, pods, current, uid) => {
  expect(choosePod(read(...pods), current)?.uid).toBe(uid);
});

test('names the ready ones in order', () => {
  expect(readyPods(read(pod('b', '2'), pod('c', '3', unready), pod('a', '1'))).map(({ name }) => name)).toEqual([
    'a',
    'b',
  ]);
});
