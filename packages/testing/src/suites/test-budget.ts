import { type ConfigShape, sleep } from '@ticketing/common';
import request from 'supertest';
import { type CommandLog, startCommandLog } from '../mongo/command-log';
import { unservedQueries } from '../mongo/unserved-queries';
import { TestBed } from '../service/test-bed';
import { waitFor } from '../wait-for';
import type { ServiceUnderTest } from './service-under-test';

/** The fixture of a service's own cost tests, new for each test. */
export interface Budget {
  readonly bed: TestBed;
  readonly log: CommandLog;
  /** Of the latest instance. */
  readonly url: string;
  /** Starts an instance whose sweeps do not interfere, so that only requested commands are sent. */
  startWithoutSweeps(): Promise<void>;
}

export interface BudgetOfService<Shape extends ConfigShape> extends ServiceUnderTest<Shape> {
  /** Variables of the service's own sweeps. */
  readonly ownSweeps?: readonly string[];
  /** How many kinds of aggregates it owns: the sweep of the outboxes looks at each. Default 1. */
  readonly kinds?: number;
}

/**
 * Declares what an idle service may ask of MongoDB: a command a second for each sweep of events and each own sweep, and every two
 * seconds the lease and the outboxes.
 */
export function testBudget<Shape extends ConfigShape>(service: BudgetOfService<Shape>): Budget {
  const { name, start, config, ownSweeps = [], kinds = 1 } = service;
  let bed: TestBed;
  let log: CommandLog;
  let url: string;

  beforeEach(async () => {
    bed = await TestBed.open();
    log = await startCommandLog(bed.databaseUri);
  });
  afterEach(async () => {
    await bed.close();
    await log.close();
  });

  async function startWith(env: NodeJS.ProcessEnv): Promise<void> {
    ({ url } = await bed.start(start, config, { env: { ...env, MONGO_URI: log.url } }));
    await waitFor(async () => (await request(url).get('/readyz')).body.nats === 'up');
  }

  test('idle: the sweeps of the default settings, and nothing else', async () => {
    await startWith({});
    await sleep(1_000);
    log.clear();
    const began = performance.now();
    await sleep(6_000);
    const commands = [...log.commands()];
    const seconds = (performance.now() - began) / 1_000;
    const sent = commands.length;
    process.stdout.write(`idle ${name}: ${(sent / seconds).toFixed(1)} commands/s\n`);
    expect(await unservedQueries(bed.connection, commands)).toEqual([]);
    expect(sent).toBeGreaterThan(0);
    // Each second: what is parked, what is redriven; the positions only after events.
    expect(sent).toBeLessThanOrEqual((seconds + 1) * (2 + ownSweeps.length) + (seconds / 2 + 1) * (1 + kinds));
  });

  const sweeps = ['EVENT_SWEEP_MS', 'OUTBOX_SWEEP_MS', ...ownSweeps];
  return {
    get bed() {
      return bed;
    },
    get log() {
      return log;
    },
    get url() {
      return url;
    },
    async startWithoutSweeps() {
      log.clear(); // it has the sweeps of a former instance
      await startWith(Object.fromEntries(sweeps.map((variable) => [variable, '600000'])));
      const sent = (command: string) =>
        log.commands().filter(({ name: verb, collection }) => `${verb} ${collection}` === command).length;
      const outboxes = () =>
        log.commands().filter(({ queries }) => queries.some(({ filter }) => 'outbox.at' in filter));
      // The outboxes are swept when the broker comes after the relay, by the process that gets the lease.
      const hasLease = () => sent('update leases') > 0 && sent('find leases') === 0;
      const isSwept = () => sent('find dead_letters') > 0 && (!hasLease() || outboxes().length >= kinds);
      await waitFor(isSwept, { what: 'the sweeps of the start' });
    },
  };
}
