import type { Connection } from 'mongoose';
import { DURABLY } from '../mongo/durable';
import { decodeEvent, type Subject } from '../events/contracts';
import type { HandledChannel } from './handle-message';
import { keyOf } from './listener';
import type { Origin } from './origin';
import type { Count } from './tell-outcome';
import type { WorkQueue } from './work-queue';

/** At most this many are taken over at a time. */
const PAGE = 200;

/** An event that a release before the inbox has parked, in a separate collection. */
interface ParkedEvent extends Origin {
  /** `group|aggregate|version` */
  readonly _id: string;
  readonly subject: Subject;
  readonly payload: string;
}

interface Options {
  readonly connection: Connection;
  readonly queueGroup: string;
  /** Only replicas park. */
  readonly replicas: readonly unknown[];
  readonly channels: ReadonlyMap<Subject, HandledChannel>;
  readonly inTurn: WorkQueue['inTurn'];
  readonly count: Count;
}

/**
 * Handles events that a release before the inbox has parked as if they were just delivered, and then removes them. Such
 * a release may have run on this database, or runs beside this one during an upgrade. Drop this in the next release.
 */
export async function takeOver({ connection, queueGroup, replicas, channels, inTurn, count }: Options): Promise<void> {
  if (replicas.length === 0) return;
  const parked = connection.collection<ParkedEvent>('parked_events');
  const ofGroup = { _id: { $gte: `${queueGroup}|`, $lt: `${queueGroup}}` } }; // } comes after |
  for (const event of await parked.find(ofGroup).limit(PAGE).toArray()) {
    const channel = channels.get(event.subject);
    if (!channel) continue;
    const { _id, group, sequence, storedAt, payload } = event;
    const origin = { group, channel: event.subject, sequence, storedAt };
    const decoded = decodeEvent(event.subject, { ...origin, payload });
    const handling = { origin, payload, decoded };
    const outcome = await inTurn(keyOf(channel.listener, decoded) ?? _id, () => channel.handler(handling));
    if (outcome === undefined || outcome === 'failed' || outcome === 'postponed') continue;
    if (outcome !== 'parked') count(event.subject, outcome, decoded.ok ? decoded.event : undefined);
    await parked.deleteOne({ _id }, DURABLY);
  }
}
