import type { Connection } from 'mongoose';
import { DURABLY } from '../mongo/durable';
import { decodeEvent, type Subject } from '../events/contracts';
import type { HandledChannel } from './handle-message';
import { keyOf } from './listener';
import type { Origin } from './origin';
import type { Count } from './tell-outcome';
import type { WorkQueue } from './work-queue';

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
 * a release may have run on this database, or runs beside this one during an upgrade. Events that come or go while it
 * reads do no harm: it takes over the former the next time, and handles the latter as duplicates. Drop this in the next
 * release.
 */
export async function takeOver(options: Options, stopping: AbortSignal): Promise<void> {
  const { connection, queueGroup, replicas, channels, inTurn, count } = options;
  if (replicas.length === 0) return;
  const parked = connection.collection<ParkedEvent>('parked_events');
  const ofGroup = { _id: { $gte: `${queueGroup}|`, $lt: `${queueGroup}}` } }; // } comes after |
  for await (const event of parked.find(ofGroup)) {
    if (stopping.aborted) return;
    const channel = channels.get(event.subject);
    if (!channel) continue;
    const { _id, group, sequence, storedAt, payload } = event;
    const origin = { group, channel: event.subject, sequence, storedAt };
    const decoded = decodeEvent(event.subject, { ...origin, payload });
    const handling = { origin, payload, decoded };
    const handled = await inTurn(keyOf(channel.listener, decoded) ?? _id, () => channel.handler(handling));
    if (handled === undefined) continue;
    const { outcome } = handled;
    if (outcome === 'failed' || outcome === 'postponed') continue;
    if (outcome !== 'parked') count(event.subject, outcome, decoded.ok ? decoded.event : undefined);
    await parked.deleteOne({ _id }, DURABLY);
  }
}
