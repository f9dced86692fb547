import { type Work, WorkQueue, type WorkQueueOptions } from './work-queue';

/** A queue with a test clock, and work that ends on request. */
function setUp(options: Partial<WorkQueueOptions> = {}) {
  let time = 0;
  const queue = new WorkQueue({ concurrency: 2, letGoAfterMs: 100, capacity: 10, now: () => time, ...options });
  const started: string[] = [];
  const letGo: string[] = [];
  const ends = new Map<string, (result: 'done' | 'paused') => void>();
  const work = (id: string, key = id, name = id): Work => ({
    id,
    key,
    run: () => {
      started.push(name);
      return new Promise((resolve) => ends.set(id, resolve));
    },
    letGo: () => void letGo.push(name),
  });
  const end = async (id: string, result: 'done' | 'paused' = 'done') => {
    ends.get(id)?.(result);
    await new Promise(setImmediate);
  };
  return { queue, started, letGo, work, end, wait: (ms: number) => (time += ms) };
}

test('no more run at the same time than the concurrency', async () => {
  const { queue, started, work, end } = setUp();
  for (const id of ['a', 'b', 'c', 'd']) queue.offer(work(id));
  expect(started).toEqual(['a', 'b']);
  await end('b');
  expect(started).toEqual(['a', 'b', 'c']);
  expect(queue.size).toEqual({ waiting: 1, running: 2 });
});

test('of one key one runs at a time, in the order of arrival, and does not hold up the others', async () => {
  const { queue, started, work, end } = setUp();
  queue.offer(work('1', 'ticket'));
  queue.offer(work('2', 'ticket'));
  queue.offer(work('3', 'ticket'));
  queue.offer(work('4', 'another'));
  expect(started).toEqual(['1', '4']);
  await end('1');
  expect(started).toEqual(['1', '4', '2']);
  await end('4');
  expect(started).toEqual(['1', '4', '2']);
  await end('2');
  expect(started).toEqual(['1', '4', '2', '3']);
});

test('a second copy of one that runs is dropped; one that ended may come again', async () => {
  const { queue, started, work, end } = setUp();
  queue.offer(work('a'));
  queue.offer(work('a'));
  expect(queue.size).toEqual({ waiting: 0, running: 1 });
  await end('a');
  expect(started).toEqual(['a']);
  queue.offer(work('a'));
  expect(started).toEqual(['a', 'a']);
});

test('a newer copy takes the place of a waiting one, and its time starts again', async () => {
  const { queue, started, letGo, work, end, wait } = setUp({ concurrency: 1 });
  queue.offer(work('a'));
  queue.offer(work('b', 'b', 'old b'));
  wait(80);
  queue.offer(work('b', 'b', 'new b'));
  wait(80);
  await end('a');
  expect({ started, letGo }).toEqual({ started: ['a', 'new b'], letGo: [] });
});

test('work that waited longer than the ack wait is let go unhandled, and the rest goes on', async () => {
  const { queue, started, letGo, work, end, wait } = setUp({ concurrency: 1 });
  queue.offer(work('a'));
  queue.offer(work('b'));
  wait(50);
  queue.offer(work('c'));
  wait(51);
  await end('a');
  expect({ started, letGo }).toEqual({ started: ['a', 'c'], letGo: ['b'] });
});

test('work beyond the capacity is let go at once', () => {
  const { queue, letGo, work } = setUp({ capacity: 2 });
  for (const id of ['a', 'b', 'c', 'd', 'e']) queue.offer(work(id));
  expect(letGo).toEqual(['e']);
  expect(queue.size).toEqual({ waiting: 2, running: 2 });
});

test('while paused it starts nothing; unhandled work stays and is tried after it resumes', async () => {
  const { queue, started, work, end } = setUp();
  queue.offer(work('a'));
  queue.pause();
  queue.offer(work('b'));
  await end('a', 'paused');
  expect(started).toEqual(['a']);
  expect(queue.size).toEqual({ waiting: 2, running: 0 });
  queue.resume();
  expect([...started].sort()).toEqual(['a', 'a', 'b']);
});

test('unhandled work keeps its place before later work', async () => {
  const { queue, started, work, end } = setUp({ concurrency: 3 });
  for (const version of ['v1', 'v2', 'v3']) queue.offer(work(version, 'ticket'));
  queue.offer(work('other'));
  queue.pause();
  await end('v1', 'paused');
  await end('other', 'paused');
  expect(started).toEqual(['v1', 'other']);
  queue.resume();
  for (const version of ['v1', 'v2', 'v3']) await end(version);
  expect(started).toEqual(['v1', 'other', 'v1', 'other', 'v2', 'v3']);
});

test('draining lets waiting work go, takes no more, and ends when nothing runs', async () => {
  const { queue, started, work, end } = setUp();
  for (const id of ['a', 'b', 'c']) queue.offer(work(id));
  let drained = false;
  const draining = queue.drain().then(() => (drained = true));
  queue.offer(work('d'));
  await end('a');
  expect(drained).toBe(false);
  await end('b', 'paused');
  await draining;
  expect(started).toEqual(['a', 'b']);
  expect(queue.size).toEqual({ waiting: 0, running: 0 });
});

test('it counts as stalled from the last finish on, while there is work', async () => {
  const { queue, work, end, wait } = setUp();
  wait(50);
  expect(queue.stalledMs).toBe(0);
  queue.offer(work('a'));
  wait(10);
  queue.offer(work('b'));
  wait(10);
  expect(queue.stalledMs).toBe(20);
  await end('a');
  expect(queue.stalledMs).toBe(0);
  queue.pause();
  wait(30);
  await end('b', 'paused');
  wait(20);
  expect(queue.stalledMs).toBe(50);
  queue.resume();
  expect(queue.stalledMs).toBe(50);
  await end('b');
  wait(10);
  expect(queue.stalledMs).toBe(0);
});

test('a task takes its turn in its key, and its result and its error are those of the task', async () => {
  const { queue, started, work, end } = setUp();
  queue.offer(work('1', 'ticket'));
  const first = queue.inTurn('ticket', () => Promise.resolve(started.push('task')));
  const second = queue.inTurn('ticket', () => Promise.reject(new Error('failed')));
  queue.offer(work('2', 'ticket'));
  expect(started).toEqual(['1']);
  await end('1');
  expect(await first).toBe(2);
  await expect(second).rejects.toThrow('failed');
  await new Promise(setImmediate);
  expect(started).toEqual(['1', 'task', '2']);
});

test('a task is let go when its turn does not come in time, when there is no room, and by a drain', async () => {
  const { queue, started, letGo, work, end } = setUp({ capacity: 2, letGoAfterMs: 20 });
  const task = () => Promise.resolve(started.push('task'));
  queue.offer(work('1', 'ticket'));
  expect(await queue.inTurn('ticket', task)).toBeUndefined();
  queue.offer(work('2', 'ticket'));
  const waiting = queue.inTurn('ticket', task);
  expect(await queue.inTurn('ticket', task)).toBeUndefined();
  const drained = queue.drain();
  expect(await waiting).toBeUndefined();
  expect(await queue.inTurn('another', task)).toBeUndefined();
  await end('1');
  await drained;
  expect({ started, letGo }).toEqual({ started: ['1'], letGo: ['2'] });
});
