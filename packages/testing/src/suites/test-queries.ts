import { type ConfigShape, createMetrics, createPublisher, reEmit, type ReEmitted } from '@ticketing/common';
import type { Connection } from 'mongoose';
import request from 'supertest';
import { testBroker } from '../broker/test-broker';
import { type CommandLog, startCommandLog } from '../mongo/command-log';
import { explainsPlans, faultyPlans } from '../mongo/explain-command';
import { queryNames, unservedQueries } from '../mongo/unserved-queries';
import type { MongoCommand } from '../mongo/wire-commands';
import { TestBed, type TestStart } from '../service/test-bed';
import { silentLogger, testConnection, testServers } from '../test-servers';
import { waitFor } from '../wait-for';
import type { ServiceUnderTest } from './service-under-test';

export interface QueriesOfService<Shape extends ConfigShape, T> extends ServiceUnderTest<Shape> {
  readonly settings: TestStart;
  /** Uses every function of the service, and of its operators, so that each query of its code is sent. */
  readonly useAll: (bed: TestBed, url: string, connection: Connection) => Promise<void>;
  readonly reEmitted: (connection: Connection) => ReEmitted<T>;
  /** How many aggregates exist when everything is used. */
  readonly aggregates: number;
  /** Queries that must be among those sent. */
  readonly asked: readonly string[];
  /** Indexes of the service's collection, and what is unserved without them. */
  readonly without: { readonly indexes: readonly string[]; readonly unserved: readonly string[] };
}

/** Declares the tests of a service's queries: each has its index, on a mongod by its plan, too. */
export function testQueries<Shape extends ConfigShape, T>(service: QueriesOfService<Shape, T>): void {
  const { name, start, config, settings, aggregates } = service;
  let bed: TestBed;
  let log: CommandLog;
  let commands: readonly MongoCommand[];

  async function reEmitAll(connection: Connection): Promise<void> {
    const broker = await testBroker();
    const publisher = createPublisher(broker, createMetrics(name), silentLogger());
    const emission = { ...service.reEmitted(connection), publisher };
    expect(await reEmit(emission)).toBe(aggregates);
    expect(await reEmit({ ...emission, since: new Date(0) })).toBe(aggregates);
    await broker.close();
  }

  beforeAll(async () => {
    bed = await TestBed.open();
    log = await startCommandLog(bed.databaseUri);
    const env = { EVENT_SWEEP_MS: '50', OUTBOX_SWEEP_MS: '50', RE_EMIT_EVERY_MS: '1000', ...settings.env };
    const running = await bed.start(start, config, { ...settings, env: { ...env, MONGO_URI: log.url } });
    const connection = await testConnection(log.url);
    await service.useAll(bed, running.url, connection);
    await request(running.url).get('/metrics').expect(200);
    await reEmitAll(connection);
    await waitFor(async () => (await bed.connection.collection('re_emissions').countDocuments()) > 0);
    await connection.close();
    await running.stop();
    commands = log.commands();
  });
  afterAll(async () => {
    await bed.close();
    await log.close();
  });

  test(`all that ${name} asks was asked here`, () => {
    const names = new Set(commands.flatMap(queryNames));
    expect([...names].sort()).toEqual(expect.arrayContaining([...service.asked]));
  });

  // The sweep's `outbox.at $lt` finds only dates: an empty outbox is not one, and is not looked at (type bracketing:
  // https://www.mongodb.com/docs/manual/reference/mql/query-predicates/type-bracketing/). The plans below check that.
  test('every query has its index', async () => {
    expect(await unservedQueries(bed.connection, commands)).toEqual([]);
  });

  test('no page is reached by skipping', () => {
    expect(commands.filter(({ body }) => 'skip' in body)).toEqual([]);
  });

  const onMongod = explainsPlans(testServers().mongoUrl) ? test : test.skip;
  onMongod('every plan goes by an index and does not sort (explain needs a mongod: set MONGO_URI)', async () => {
    expect(await faultyPlans(bed.connection, commands)).toEqual([]);
  });

  test('an index that is missing would be noticed', async () => {
    for (const index of service.without.indexes) await bed.connection.collection(name).dropIndex(index);
    expect(await unservedQueries(bed.connection, commands)).toEqual(service.without.unserved);
  });
}
