import { type Random, seededRandom } from '@ticketing/testing';
import { ACK_WAIT_MS, type Publication, type Schedule } from './schedule';
import { keyOf, type PriceEvent, STEP_MS, type Story } from './story';

/** Of every hundred events. At least one of each kind, however short the story is. */
const SHARE = { late: 20, copied: 15, ackLost: 8 };

/**
 * The fault injector: turns a story into a schedule where events come late, twice and delayed, acks are lost, one of two
 * publishers has a clock that is behind, one of two members is slow, and the other one is killed in the middle.
 * Pure: the same story and seed give the same schedule.
 */
export function disturb(story: Story, seed: number): Schedule {
  const random = seededRandom(seed ^ 0x5bd1e995);
  const events = skewClock(story.events, random);
  const moved = new Set<string>();
  const publications: Publication[] = [];
  const count = (percent: number) => Math.max(1, Math.round((events.length * percent) / 100));

  for (const event of random.shuffled(events)) {
    if (moved.size === count(SHARE.late)) break;
    // Its successor stays in place, so that the event really comes after it.
    const neighbours = [event.version - 1, event.version + 1].map((version) => keyOf({ id: event.id, version }));
    const successor = events.find(({ id, version }) => id === event.id && version === event.version + 1);
    if (!successor || neighbours.some((key) => moved.has(key))) continue;
    const delayed = moved.size % 3 === 2;
    const behind = delayed ? random.int(100, 300) : random.int(1, 3 * story.tickets.length) * STEP_MS;
    publications.push({ event, atMs: successor.number * STEP_MS + behind, why: delayed ? 'delayed' : 'late' });
    moved.add(keyOf(event));
  }
  for (const event of events.filter((other) => !moved.has(keyOf(other)))) {
    publications.push({ event, atMs: event.number * STEP_MS, why: 'on time' });
  }
  for (const { event, atMs } of random.shuffled(publications).slice(0, count(SHARE.copied))) {
    publications.push({ event, atMs: atMs + random.int(0, random.int(0, 1) * 150), why: 'copy' });
  }

  return {
    name: 'disorder',
    publications: publications.sort((one, other) => one.atMs - other.atMs),
    paced: false,
    ackWaitMs: ACK_WAIT_MS,
    lostAcks: random.shuffled(events).slice(0, count(SHARE.ackLost)).map(keyOf),
    crash: {
      atDelivery: random.int(Math.ceil(events.length / 10), Math.ceil(events.length / 4)),
      downMs: random.int(50, 250),
    },
    handlingMs: new Map(events.map((event) => [keyOf(event), [random.int(0, 2), random.int(3, 12)]])),
  };
}

/** Two publishers take turns at random; the clock of the second is behind. */
function skewClock(events: readonly PriceEvent[], random: Random): PriceEvent[] {
  const behindMs = random.int(20, 60);
  return events.map((event) => {
    if (random.int(0, 1) === 0) return event;
    const occurredAt = new Date(Date.parse(event.meta.occurredAt) - behindMs).toISOString();
    return { ...event, meta: { ...event.meta, occurredAt } };
  });
}
