import type { ConfigShape } from '@ticketing/common';
import type request from 'supertest';
import { TEST_JWT_KEY } from '../service/credentials';
import { answeredOtherwise, HOSTILE_QUERIES, hostileCredentials } from '../service/hostile-input';
import { TestBed } from '../service/test-bed';
import { waitFor } from '../wait-for';
import type { ServiceUnderTest } from './service-under-test';

export interface InjectionTargets {
  /** Collections that must not change. */
  readonly collections: readonly string[];
  /** Lists with a query. */
  readonly list: (query: string) => request.Test;
  /** Calls that need a sign-in, with these headers in its place. */
  readonly signedIn: readonly ((headers: Record<string, string>) => request.Test)[];
}

/**
 * Declares tests that operators of MongoDB in queries and credentials have no effect, and that no such request changes
 * anything.
 * @param setUp makes what is there, two aggregates of the service, before the first test
 */
export function testOperatorInjection<Shape extends ConfigShape>(
  { name, start, config }: ServiceUnderTest<Shape>,
  setUp: (bed: TestBed, url: string) => Promise<InjectionTargets>,
): void {
  let bed: TestBed;
  let targets: InjectionTargets;
  let before: unknown;

  const stored = () =>
    Promise.all(targets.collections.map((one) => bed.connection.collection(one).find().sort({ _id: 1 }).toArray()));

  beforeAll(async () => {
    bed = await TestBed.open();
    const { url } = await bed.start(start, config);
    targets = await setUp(bed, url);
    const published = () => bed.connection.collection(name).countDocuments({ outbox: { $size: 0 } });
    await waitFor(async () => (await published()) === 2);
    before = await stored();
  });
  afterAll(() => bed.close());

  // No request has changed anything, in the database or in the process.
  afterEach(async () => {
    expect(await stored()).toEqual(before);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('an operator in the query of a list is refused, or an unknown name that changes nothing', async () => {
    const { body: all } = await targets.list('').expect(200);
    expect((all as unknown[]).length).toBeGreaterThan(0);
    for (const query of HOSTILE_QUERIES) {
      const { status, body } = await targets.list(query);
      expect([query, status, body]).toEqual(status === 400 ? [query, 400, expect.anything()] : [query, 200, all]);
    }
  });

  test('401 for credentials with an operator in them', async () => {
    const headers = hostileCredentials(TEST_JWT_KEY).map((header) => JSON.stringify(header));
    for (const call of targets.signedIn) {
      const send = (text: string) => call(JSON.parse(text) as Record<string, string>);
      expect(await answeredOtherwise(401, headers, send)).toEqual([]);
    }
  });
}
