import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Costs, inACluster, ofOneAggregate, onOneMachine } from './model';
import type { Scaling } from './scaling';

const costs: Costs = { tickets: 2, orders: 1, mongo: 2, nats: 0.5, load: 0.5 };

test('on one machine everything shares the cores', () => {
  expect(onOneMachine(costs, 3)).toEqual({ perSecond: 500, limit: 'this machine' });
  expect(onOneMachine(costs, 3, 0.5).perSecond).toBe(250);
});

test.each([
  [{ tickets: 1, orders: 1, mongoCores: 8, brokers: 1 }, 500, 'tickets'],
  [{ tickets: 8, orders: 1, mongoCores: 8, brokers: 1 }, 1_000, 'orders'],
  [{ tickets: 8, orders: 8, mongoCores: 2, brokers: 1 }, 1_000, 'MongoDB'],
  [{ tickets: 8, orders: 8, mongoCores: 16, brokers: 1 }, 2_000, 'the broker'],
  [{ tickets: 80, orders: 80, mongoCores: 160, brokers: 10 }, 20_000, 'the broker'],
])('in a cluster %p carries what its fullest part does: %d/s, by %s', (deployment, perSecond, limit) => {
  expect(inACluster(costs, deployment)).toEqual({ perSecond, limit });
});

test('one aggregate changes once per write', () => {
  expect(ofOneAggregate(4)).toBe(250);
});

// What `npm run bench -- scaling --json docs/scaling.json` measured.
const recorded = JSON.parse(readFileSync(join(__dirname, '..', '..', '..', 'docs', 'scaling.json'), 'utf8')) as Scaling;

test('the costs of one process of each service foretell 2 and 4 on the same machine within a third', () => {
  const [one] = recorded.measured;
  expect(recorded.measured.map(({ processes }) => processes)).toEqual([1, 2, 4]);
  for (const { perSecond, busy, processes } of recorded.measured) {
    const foretold = one ? onOneMachine(one.costs, recorded.cores, busy, processes).perSecond : NaN;
    expect(foretold / perSecond).toBeGreaterThan(2 / 3);
    expect(foretold / perSecond).toBeLessThan(3 / 2);
  }
});

test('the table of docs/scaling.md is what the model says of them', () => {
  const doc = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'scaling.md'), 'utf8');
  const rows = [...doc.matchAll(/^\| (\d+) × \| ([\d,]+) \|((?: \d+ \|){4}) ([\d,]+) \| (.+) \|$/gm)];
  expect(rows.length).toBeGreaterThan(3);
  const [one] = recorded.measured;
  if (!one) throw new Error('nothing was recorded');
  const shown = (rate: number) => Math.round(rate).toLocaleString('en');
  for (const [row, times, wanted, parts, perSecond, limit] of rows) {
    const [tickets = 0, orders = 0, mongoCores = 0, brokers = 0] = (parts ?? '').split('|').map(Number);
    const capacity = inACluster(one.costs, { tickets, orders, mongoCores, brokers });
    expect([row, shown(capacity.perSecond), capacity.limit]).toEqual([row, perSecond, limit]);
    expect([row, Math.round(Number(times) * one.perSecond).toLocaleString('en')]).toEqual([row, wanted]);
    expect(capacity.perSecond).toBeGreaterThanOrEqual(Number(times) * one.perSecond);
  }
});
