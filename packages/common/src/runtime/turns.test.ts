import { sleep } from './retry';
import { Turns } from './turns';

const away = new Error('the database is away');
const turns = new Turns({ holdMs: 10_000, most: 3, endsTurns: (error) => error === away });
afterEach(() => expect(turns.size).toBe(0));

/** A work that says when it begins, and ends when it is told. */
function held(log: string[], name: string) {
  let end: (outcome?: Error) => void = () => undefined;
  const over = new Promise<void>((resolve, reject) => {
    end = (error) => (error ? reject(error) : resolve());
  });
  const work = () => {
    log.push(name);
    return over.then(() => name);
  };
  return { work, end: (error?: Error) => end(error) };
}

test('works of one key run one at a time, in the order in which they came', async () => {
  const log: string[] = [];
  const step = (name: string) => async () => {
    log.push(`${name} begins`);
    await sleep(5);
    log.push(`${name} ends`);
    return name;
  };
  const results = await Promise.all(['a', 'b', 'c'].map((name) => turns.take('key', step(name))));
  expect(results).toEqual(['a', 'b', 'c']);
  expect(log).toEqual(['a', 'b', 'c'].flatMap((name) => [`${name} begins`, `${name} ends`]));
});

test('works of different keys do not wait for each other', async () => {
  const first = held([], 'first');
  const waiting = turns.take('one', first.work);
  expect(await turns.take('other', () => Promise.resolve('at once'))).toBe('at once');
  first.end();
  await waiting;
});

test('a work that fails, or throws at once, fails for its caller only, and the next one has its turn', async () => {
  const failing = held([], 'failing');
  const failed = turns.take('key', failing.work);
  const thrown = turns.take('key', () => {
    throw new Error('at once');
  });
  const next = turns.take('key', () => Promise.resolve('next'));
  failing.end(new Error('later'));
  await expect(failed).rejects.toThrow('later');
  await expect(thrown).rejects.toThrow('at once');
  expect(await next).toBe('next');
});

test('when a work hangs, all that wait begin after the longest hold, and turns are taken anew', async () => {
  jest.useFakeTimers();
  try {
    const log: string[] = [];
    const [hanging, second] = [held(log, 'hanging'), held(log, 'second')];
    const [third, fourth] = [held(log, 'third'), held(log, 'fourth')];
    const works = [hanging, second, third].map(({ work }) => turns.take('key', work));
    await jest.advanceTimersByTimeAsync(9_999);
    expect(log).toEqual(['hanging']);
    await jest.advanceTimersByTimeAsync(1);
    expect(log).toEqual(['hanging', 'second', 'third']);
    works.push(turns.take('key', fourth.work));
    const fifth = turns.take('key', () => Promise.resolve(String(log.push('fifth'))));
    for (const one of [hanging, second, third]) one.end();
    await Promise.all(works.slice(0, 3));
    expect(log).toEqual(['hanging', 'second', 'third', 'fourth']);
    fourth.end();
    await Promise.all([...works, fifth]);
    expect(log.at(-1)).toBe('fifth');
    expect(jest.getTimerCount()).toBe(0);
  } finally {
    jest.useRealTimers();
  }
});

test('when a work fails by what would fail the others, all that wait begin, and none waits for the one before', async () => {
  const log: string[] = [];
  const all = ['first', 'second', 'third'].map((name) => held(log, name));
  const works = all.map(({ work }) => turns.take('key', work));
  all[0]?.end(away);
  await expect(works[0]).rejects.toBe(away);
  await sleep(0);
  expect(log).toEqual(['first', 'second', 'third']);
  for (const one of all.slice(1)) one.end();
  await Promise.all(works.slice(1));
});

test('when too many wait already, a work begins without a turn, and takes none from the others', async () => {
  const log: string[] = [];
  const first = held(log, 'first');
  const works = [turns.take('key', first.work)];
  for (const name of ['b', 'c', 'd'])
    works.push(turns.take('key', () => Promise.resolve(name).finally(() => log.push(name))));
  const beyond = turns.take('key', () => Promise.resolve(log.push('beyond')));
  await beyond;
  expect(log).toEqual(['first', 'beyond']);
  await sleep(0);
  expect(log).toEqual(['first', 'beyond']);
  first.end();
  await Promise.all(works);
  expect(log).toEqual(['first', 'beyond', 'b', 'c', 'd']);
});
