import { retryWithBackOff, sleep, within } from './retry';

const failing = (times: number) => {
  let calls = 0;
  return () => {
    calls += 1;
    return calls <= times ? Promise.reject(new Error(`failure ${calls}`)) : Promise.resolve(calls);
  };
};

test('it repeats until it succeeds, with pauses that double up to the longest and vary by half', async () => {
  const pauses: number[] = [];
  const seen: string[] = [];
  const result = await retryWithBackOff(failing(6), {
    firstMs: 4,
    maxMs: 20,
    onRetry: (error, attempt, delayMs) => {
      pauses.push(delayMs);
      seen.push(`${attempt}: ${(error as Error).message}`);
    },
  });
  expect(result).toBe(7);
  expect(seen).toEqual([1, 2, 3, 4, 5, 6].map((attempt) => `${attempt}: failure ${attempt}`));
  [4, 8, 16, 20, 20, 20].forEach((full, index) => {
    expect(pauses[index]).toBeGreaterThanOrEqual(full / 2);
    expect(pauses[index]).toBeLessThanOrEqual(full);
  });
});

test('it really pauses', async () => {
  const start = performance.now();
  await retryWithBackOff(failing(2), { firstMs: 100, maxMs: 100 });
  expect(performance.now() - start).toBeGreaterThanOrEqual(98);
});

test('a final error is thrown at once', async () => {
  const retry = retryWithBackOff(failing(9), { firstMs: 1, maxMs: 1, isFinal: (error) => String(error).includes('3') });
  await expect(retry).rejects.toThrow('failure 3');
});

test('an abort ends a long pause at once', async () => {
  const start = performance.now();
  const abort = new AbortController();
  const retry = retryWithBackOff(failing(9), { firstMs: 60_000, maxMs: 60_000, signal: abort.signal });
  setTimeout(() => abort.abort(), 20);
  await expect(retry).rejects.toMatchObject({ name: 'AbortError' });
  expect(performance.now() - start).toBeLessThan(30_000);
});

test('after an abort nothing is tried again', async () => {
  const fn = jest.fn(() => Promise.resolve(1));
  await expect(retryWithBackOff(fn, { firstMs: 1, maxMs: 1, signal: AbortSignal.abort() })).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect(fn).not.toHaveBeenCalled();
});

test('a sleep waits and can be ended', async () => {
  const start = performance.now();
  await sleep(50);
  expect(performance.now() - start).toBeGreaterThanOrEqual(48);
  await expect(sleep(60_000, AbortSignal.timeout(10))).rejects.toMatchObject({ name: 'AbortError' });
});

test('work in time gives what it resolves to, or its failure; late work gives what stands for it', async () => {
  await expect(
    within(
      10_000,
      sleep(1).then(() => 'done'),
      'late',
    ),
  ).resolves.toBe('done');
  await expect(within(10_000, Promise.reject(new Error('failed')), 'late')).rejects.toThrow('failed');
  await expect(
    within(
      1,
      sleep(10_000, AbortSignal.timeout(50)).then(() => 'done'),
      'late',
    ),
  ).resolves.toBe('late');
  await sleep(100); // the late failure is no unhandled rejection, and no timer is left
});
