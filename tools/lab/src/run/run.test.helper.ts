import { testServers } from '@ticketing/testing';
import type { Delivery, LedgerEntry, RunRecord } from '../story/history';
import { type LabServers, openServers } from './servers';
import { makeStory, type Story } from '../story/story';

/** The MongoDB of the test run, and a NATS Streaming that gives up dead clients as fast as the lab's. */
export function openTestServers(): Promise<LabServers> {
  return openServers({ ...process.env, MONGO_URI: testServers().mongoUrl, NATS_URL: '' }, () => undefined);
}

/** The servers of the test run. Nothing dies there, so a process that stands still is not given up. */
export function openPatientServers(): Promise<LabServers> {
  const { mongoUrl, natsUrl, natsClusterId, engine } = testServers();
  const env = { ...process.env, MONGO_URI: mongoUrl, NATS_URL: natsUrl, NATS_CLUSTER_ID: natsClusterId };
  return openServers(env, () => undefined, engine);
}

/** One ticket with these many events, and the ways to say what happened to it. */
export function oneTicket(events: number) {
  const story = makeStory(1, 1, events);
  const [{ id } = { id: '' }] = story.tickets;
  let sequence = 0;
  const delivery = (version: number, more: Partial<Delivery> = {}): Delivery => {
    sequence += 1;
    const at = sequence * 10;
    return { id, version, member: 'A', channel: 'c', sequence, redelivered: false, at, ackedAt: at + 5, ...more };
  };
  const record = (ledger: readonly Partial<LedgerEntry>[], deliveries: Delivery[], price: number): RunRecord => ({
    history: { published: deliveries.map(({ version, at }) => ({ id, version, at: at - 1 })), deliveries, crashes: [] },
    copies: [
      {
        _id: id,
        version: ledger.at(-1)?.version ?? -1,
        price,
        occurredAt: '',
        ledger: ledger.map((entry, index) => ({ version: 0, member: 'A', at: 10 * index + 12, ...entry })),
      },
    ],
    held: [],
    tookMs: 100,
  });
  return { id, story, delivery, record, price: (...versions: number[]) => sumOf(story, versions) };
}

/** The price that these events make. */
function sumOf({ events }: Story, versions: readonly number[]): number {
  return versions.reduce((sum, version) => sum + (events[version]?.change ?? 0), 0);
}
