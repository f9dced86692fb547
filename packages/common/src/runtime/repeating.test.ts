import { Repeating } from './repeating';
import { sleep } from './retry';
import { waitFor } from '@ticketing/testing';

/** A task that takes a while and tells how many of it ran, and how many at once. */
function slowTask(ms: number) {
  const seen = { runs: 0, now: 0, atOnce: 0 };
  const task = async () => {
    seen.runs += 1;
    seen.now += 1;
    seen.atOnce = Math.max(seen.atOnce, seen.now);
    await sleep(ms);
    seen.now -= 1;
  };
  return { seen, task };
}

test('it repeats, one at a time, also when it is asked for in between', async () => {
  const { seen, task } = slowTask(15);
  const repeating = new Repeating(task, 5);
  repeating.start();
  for (let count = 0; count < 10; count += 1) {
    void repeating.now();
    await sleep(7);
  }
  await waitFor(() => seen.runs >= 12);
  await repeating.stop();
  expect(seen.atOnce).toBe(1);
});

test('it waits its time before the first, and `now` does not wait', async () => {
  const { seen, task } = slowTask(1);
  const repeating = new Repeating(task, 60_000);
  repeating.start();
  await sleep(30);
  expect(seen.runs).toBe(0);
  await repeating.now();
  expect(seen.runs).toBe(1);
  await repeating.stop();
});

test('`now` while it runs is done after the one that runs', async () => {
  const { seen, task } = slowTask(30);
  const repeating = new Repeating(task, 60_000);
  void repeating.now();
  await waitFor(() => seen.now === 1, { everyMs: 1 });
  await repeating.now();
  expect(seen).toEqual({ runs: 2, now: 0, atOnce: 1 });
  await repeating.stop();
});

test('stop waits for the one that runs, and none follows', async () => {
  const { seen, task } = slowTask(30);
  const repeating = new Repeating(task, 1);
  repeating.start();
  await waitFor(() => seen.now === 1, { everyMs: 1 });
  void repeating.now();
  await repeating.stop();
  expect(seen.now).toBe(0);
  const { runs } = seen;
  await repeating.now();
  await sleep(20);
  expect(seen.runs).toBe(runs);
  await repeating.stop();
});
