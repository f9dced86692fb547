import { connect, errors, type NatsConnection } from '@nats-io/transport-node';
import { contracts, createLogger, type RunningService, type Subject } from '@ticketing/common';
import { consumerOf, filterOf, STREAM } from '@ticketing/common/jetstream-names';
import { Client } from '@ticketing/e2e/client';
import { databaseUrl, type Restartable, restartableMongo, type RunningJetStream } from '@ticketing/servers';
import { factsOf, groupOf, publishedBy, type ServiceName, serviceNames } from '@ticketing/services';
import { startIn } from '@ticketing/services/code';
import { newId, TEST_JWT_KEY, waitFor } from '@ticketing/testing';
import { PASSWORDS, serverWithUsers, urlFor, type User } from './overlay.test.helper';

/** On a new machine both servers are downloaded or built first. */
const FETCHED_WITHIN_MS = 600_000;

let server: RunningJetStream;
let mongo: Restartable;
beforeAll(async () => {
  [server, mongo] = await Promise.all([serverWithUsers(), restartableMongo()]);
}, FETCHED_WITHIN_MS);
afterAll(() => Promise.all([server.stop(), mongo.remove()]));

const IN_TIME = { timeoutMs: 60_000 };
const REFUSAL_PUBLISHED = /^ticketing_events_published_total\{.*subject="order:payment-refused".*\} [1-9]/m;

test('each service trades as its own user, and nothing is refused', async () => {
  const lines: { readonly level: number; readonly msg: string }[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]);
  const logger = createLogger({ name: 'users', level: 'info', destination: { write } });
  const env = (user: ServiceName) => ({
    ...{ PORT: '0', MONGO_URI: databaseUrl(mongo.url, user), JWT_KEY: TEST_JWT_KEY },
    ...{ BROKER: 'jetstream', NATS_URL: urlFor(user, server.url), ALLOW_UNSAFE_BROKER: 'true' },
  });
  // One after the other: the first one makes the stream.
  const services = new Map<ServiceName, RunningService>();
  for (const name of serviceNames) services.set(name, await startIn(name, env(name), { logger }));
  const urlOf = (name: ServiceName) => `http://127.0.0.1:${services.get(name)?.port}`;
  try {
    const [alice, bob] = [new Client(urlOf('tickets'), 'alice'), new Client(urlOf('orders'), 'bob')];
    const { id } = await alice.sold('concert');
    const order = await bob.orderSoon(id);
    const orderIs = (wanted: string | undefined) =>
      waitFor(async () => (await alice.ticket(id)).body.orderId === wanted, { ...IN_TIME, what: `order ${wanted}` });
    await orderIs(order.id);
    expect((await bob.cancel(order.id)).status).toBe(204);
    await orderIs(undefined);
    // orders has heard of that by ticket:updated when it can be ordered again at its new price.
    expect((await alice.edit(id, 'concert', 30)).status).toBe(200);
    const again = async () => (await bob.order(id)).body.ticket?.price === 30;
    const priced = async () => (await again()) || (await cancelLast());
    const cancelLast = async () => {
      for (const one of (await bob.orders()).body) await bob.cancel(one.id);
      return false;
    };
    await waitFor(priced, { ...IN_TIME, what: 'the new price in orders' });
    const held = (await bob.orders()).body.find(({ status }) => status === 'created')?.id ?? '';
    for (let payments = 0; payments < 2; payments += 1) await pay(held, 30);
    await waitFor(async () => (await alice.ticket(id)).body.sold, { ...IN_TIME, what: 'the sale' });
    const refused = async () => (await (await fetch(`${urlOf('orders')}/metrics`)).text()).match(REFUSAL_PUBLISHED);
    await waitFor(refused, { ...IN_TIME, what: 'the refusal of the second payment' });
    for (const name of serviceNames) {
      const ready = await fetch(`${urlOf(name)}/readyz`);
      expect([ready.status, await ready.json()]).toMatchObject([200, { nats: 'up' }]);
    }
  } finally {
    await Promise.all([...services.values()].map((service) => service.stop()));
  }
  const warnings = lines.filter(({ level }) => level >= 40).map(({ msg }) => msg);
  expect(warnings).toEqual([
    expect.stringMatching(/^there is no stream: making it/),
    expect.stringMatching(/^a payment is refused/),
  ]);
});

/** Takes a payment, in the place of a service that does. */
async function pay(orderId: string, amount: number): Promise<void> {
  const id = newId();
  await as('operator', async (nats) => {
    nats.publish(filterOf('payment:created').replace('*', id), JSON.stringify({ id, version: 0, orderId, amount }));
    await nats.flush();
  });
}

/** What a consumer is asked and told; of another group nobody may do that. */
const ofConsumer = (consumer: string) => [
  `$JS.API.CONSUMER.MSG.NEXT.${STREAM}.${consumer}`,
  `$JS.API.CONSUMER.INFO.${STREAM}.${consumer}`,
  `$JS.ACK.${STREAM}.${consumer}.1.1.1.1.0`,
];
const NEEDED = `$JS.API.STREAM.INFO.${STREAM}`;
/** What no service needs. */
const NOBODY = [
  ...['DELETE', 'PURGE', 'UPDATE', 'MSG.DELETE', 'SNAPSHOT', 'LEADER.STEPDOWN'].map(
    (verb) => `$JS.API.STREAM.${verb}.${STREAM}`,
  ),
  ...[
    '$JS.API.STREAM.CREATE.other',
    '$JS.API.STREAM.INFO.other',
    '$JS.API.STREAM.NAMES',
    `$JS.API.DIRECT.GET.${STREAM}`,
  ],
  ...[`$JS.API.CONSUMER.CREATE.${STREAM}.mine`, `$JS.API.CONSUMER.CREATE.${STREAM}.mine.${STREAM}.>`],
  ...['$SYS.REQ.SERVER.PING', '_INBOX.other', 'other', STREAM],
];
/** What a service may not: to publish what is not its own, to read as another group, and to read more than its channels. */
function ofOthers(name: ServiceName): string[] {
  const others = serviceNames.filter((other) => other !== name);
  const consumers = others.flatMap((other) =>
    factsOf(other).consumes.map((channel) => consumerOf(channel, groupOf(other))),
  );
  const own = factsOf(name).consumes.map((channel) => consumerOf(channel, groupOf(name)));
  return [
    ...(Object.keys(contracts) as Subject[])
      .filter((channel) => !publishedBy(name).includes(channel))
      .map((channel) => filterOf(channel).replace('*', '1')),
    ...consumers.flatMap(ofConsumer),
    ...own.flatMap((consumer) => [
      `$JS.API.CONSUMER.CREATE.${STREAM}.${consumer}.${STREAM}.>`,
      `$JS.API.CONSUMER.DELETE.${STREAM}.${consumer}`,
    ]),
  ];
}

/** Whether the server refuses the user, and not the request. */
async function isForbidden(act: Promise<unknown>): Promise<boolean> {
  const error: unknown = await act.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof errors.PermissionViolationError) return true;
  }
  return false;
}

async function as<T>(user: User, act: (nats: NatsConnection) => Promise<T>): Promise<T> {
  const nats = await connect({ servers: server.url, user, pass: PASSWORDS[user], reconnect: false });
  try {
    return await act(nats);
  } finally {
    await nats.close();
  }
}

describe.each(serviceNames)('%s', (user) => {
  test('is refused what it does not need', async () => {
    await as(user, async (nats) => {
      const publish = async (subject: string) => {
        const forbidden = await isForbidden(nats.request(subject, '{}', { timeout: 10_000 }));
        return forbidden ? [] : [subject];
      };
      const allowed = await Promise.all([NEEDED, ...NOBODY, ...ofOthers(user)].map(publish));
      expect(allowed.flat()).toEqual([NEEDED]);
    });
  });

  test.each([`${STREAM}.>`, '$JS.>', '>', '$SYS.>'])('may not listen to %s', async (subject) => {
    await as(user, async (nats) => {
      const heard = new Promise((_, reject) => {
        nats.subscribe(subject, { callback: (error) => void (error && reject(error)) });
      });
      expect(await isForbidden(heard)).toBe(true);
    });
  });
});

test('a person may do what concerns the messages as operator, and what concerns the servers as system', async () => {
  const ask = (user: User, subject: string) =>
    as(user, (nats) => isForbidden(nats.request(subject, '{}', { timeout: 2_000 })));
  expect(await ask('operator', `$JS.API.STREAM.UPDATE.${STREAM}`)).toBe(false);
  expect(await ask('system', '$SYS.REQ.SERVER.PING')).toBe(false);
  const streams = await as('operator', (nats) => nats.request('$JS.API.STREAM.NAMES'));
  expect(streams.json()).toMatchObject({ streams: [STREAM] });
  const servers = await as('system', (nats) => nats.request('$SYS.REQ.SERVER.PING'));
  expect(servers.json()).toMatchObject({ server: { jetstream: true } });
});

test.each([
  ['nobody', {}],
  ['a wrong password', { user: 'tickets', pass: '102' }],
  ['the password of another user', { user: 'tickets', pass: PASSWORDS.orders }],
])('%s is not let in', async (_, given) => {
  await expect(connect({ servers: server.url, reconnect: false, ...given })).rejects.toThrow(/Authorization/);
});
