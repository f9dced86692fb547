import type { EventOf } from '@ticketing/common';
import { seededRandom } from '@ticketing/testing';

/**
 * A ticket's price changed. It is the `ticket:updated` of the contract (the whole state: `version`, `price`) and two fields
 * that the contract does not know, for the strategies that need them: by how much the price changed, and the publisher's
 * own number of the event, counted from 1 over all tickets.
 */
export type PriceEvent = EventOf<'ticket:updated'> & { readonly change: number; readonly number: number };

/** What really happened at the owner. Every consumer should end with this. */
export interface Story {
  /** Per ticket its events, version 0 first. */
  readonly tickets: readonly { readonly id: string; readonly events: readonly PriceEvent[] }[];
  /** All events in the order of their numbers. */
  readonly events: readonly PriceEvent[];
}

/** Names an event: one version of one ticket. */
export interface EventKey {
  readonly id: string;
  readonly version: number;
}

export const keyOf = ({ id, version }: EventKey): string => `${id}:${version}`;

/** Between two events of the story (ms). */
export const STEP_MS = 2;
const START = Date.UTC(2026, 0, 1);

/** Invents tickets whose prices go up and down. The same arguments give the same story. */
export function makeStory(seed: number, aggregates: number, eventsEach: number): Story {
  const random = seededRandom(seed);
  const ids = Array.from({ length: aggregates }, () => random.hex(24));
  const prices = new Map<string, number>();
  const events: PriceEvent[] = [];
  for (let version = 0; version < eventsEach; version += 1) {
    for (const id of random.shuffled(ids)) {
      const before = prices.get(id) ?? 0;
      const rise = random.int(1, 9) * 5;
      const change = version === 0 ? 50 + rise : before > 50 && random.int(0, 1) === 0 ? -rise : rise;
      const price = before + change;
      prices.set(id, price);
      const number = events.length + 1;
      const meta = { id: uuid(random.hex(32)), occurredAt: new Date(START + number * STEP_MS).toISOString() };
      events.push({ id, version, title: `Ticket ${ids.indexOf(id) + 1}`, price, userId: 'lab', change, number, meta });
    }
  }
  const tickets = ids.map((id) => ({ id, events: events.filter((event) => event.id === id) }));
  return { tickets, events };
}

/** A version 4 UUID of 32 hexadecimal digits. */
function uuid(hex: string): string {
  const part = (from: number, to: number) => hex.slice(from, to);
  return `${part(0, 8)}-${part(8, 12)}-4${part(13, 16)}-8${part(17, 20)}-${part(20, 32)}`;
}
