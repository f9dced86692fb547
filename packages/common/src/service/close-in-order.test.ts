import { closeInOrder } from './close-in-order';
import { createLogger } from '../runtime/logger';
import { sleep } from '../runtime/retry';

const lines: string[] = [];
const logger = createLogger({ name: 'test', level: 'info', destination: { write: (line) => lines.push(line) } });

function recording(...failing: string[]) {
  const order: string[] = [];
  const steps = ['http', 'listeners', 'database'].map((name) => ({
    name,
    close: async () => {
      order.push(`${name} begins`);
      await sleep(5);
      if (failing.includes(name)) throw new Error(`${name} failed`);
      order.push(`${name} ended`);
    },
  }));
  return { order, steps };
}

test('each step begins when the one before has ended, and is announced', async () => {
  const { order, steps } = recording();
  await closeInOrder(steps, logger, (name) => order.push(`step ${name}`));
  expect(order).toEqual(
    ['http', 'listeners', 'database'].flatMap((name) => [`step ${name}`, `${name} begins`, `${name} ended`]),
  );
});

test('a step that fails is logged, the rest still runs, and the failure is thrown', async () => {
  const { order, steps } = recording('http');
  await expect(closeInOrder(steps, logger)).rejects.toThrow(new Error('http failed'));
  expect(order).toContain('listeners ended');
  expect(order).toContain('database ended');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ step: 'http', err: { message: 'http failed' } }]);
});

test('several failures are thrown together', async () => {
  const { steps } = recording('http', 'database');
  const closing = closeInOrder(steps, logger);
  await expect(closing).rejects.toBeInstanceOf(AggregateError);
  await expect(closing).rejects.toThrow('Error: http failed; Error: database failed');
});

test('a step that takes longer than it may is left behind with a warning, and the next one begins', async () => {
  const order: string[] = [];
  const hung = { name: 'hung', close: () => new Promise<void>(() => undefined), withinMs: 50 };
  const next = { name: 'next', close: () => void order.push('next'), withinMs: 50 };
  await closeInOrder([hung, next], logger);
  expect(order).toEqual(['next']);
  expect(lines.join('')).toContain('closing takes too long');
});
