import {
  AckPolicy,
  type ConsumerConfig,
  type ConsumerInfo,
  DeliverPolicy,
  JetStreamApiCodes,
  type JetStreamManager,
  ReplayPolicy,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { Logger } from '../../runtime/logger';
import { RefusedError } from '../errors';
import { askLeader } from './ask-leader';
import { CODE, isAnswer } from './failures';
import { STREAM } from './names';

/** Settings that the server cannot change, or must not: with others it would be somebody else's consumer. */
const FIXED = [
  ...(['ack_policy', 'deliver_policy', 'replay_policy', 'filter_subject', 'filter_subjects'] as const),
  ...(['deliver_subject', 'headers_only', 'max_batch', 'max_expires', 'max_bytes', 'backoff'] as const),
  ...(['inactive_threshold', 'priority_policy'] as const),
] as const;
const CHANGEABLE = ['ack_wait', 'max_deliver', 'max_ack_pending'] as const;

/**
 * Requests that may wait at a consumer; a member has about four. One more, if it asks for heartbeats, the server drops
 * without a word (nats-server, consumer.go, processNextMsgRequest). The default of 512 is too few for some 130 members,
 * and cannot be changed later.
 */
const MAX_WAITING = 10_000;

export interface GroupConsumer {
  readonly name: string;
  readonly subject: string;
  readonly ackWaitMs: number;
}

/**
 * The durable consumer of a group, made if there is none. The server never gives up a message (`max_deliver`), because
 * this system counts failures itself, and one member that does not ack must not stop the others (`max_ack_pending`).
 * A changed ack wait is changed at the server, so during a rolling deploy the latest process decides it.
 * @returns whether it was made now
 * @throws RefusedError that says which setting is wrong; the client's errors
 */
export async function needConsumer(manager: JetStreamManager, group: GroupConsumer, logger: Logger): Promise<boolean> {
  const { name, subject, ackWaitMs } = group;
  const wanted: Partial<ConsumerConfig> = {
    ...{ name, durable_name: name, filter_subject: subject },
    ...{ ack_policy: AckPolicy.Explicit, deliver_policy: DeliverPolicy.All, replay_policy: ReplayPolicy.Instant },
    ...{ ack_wait: nanos(ackWaitMs), max_deliver: -1, max_ack_pending: -1, max_waiting: MAX_WAITING },
  };
  const found = await consumerInfo(manager, name);
  const info = found ?? (await makeConsumer(manager, name, wanted));
  const differ = (keys: readonly (keyof ConsumerConfig)[]) =>
    keys.filter((key) => plain(info.config[key]) !== plain(wanted[key]));
  const wrong = differ(FIXED).map((key) => `${key} is ${JSON.stringify(info.config[key])}`);
  if (wrong.length > 0) throw new RefusedError(`the consumer "${name}" is not of this system: ${wrong.join('; ')}`);
  const changed = differ(CHANGEABLE);
  if (changed.length > 0) {
    const change = Object.fromEntries(changed.map((key) => [key, wanted[key]]));
    await manager.consumers.update(STREAM, name, change);
    logger.info({ consumer: name, ...change }, 'changed the settings of a consumer');
  }
  return found === undefined;
}

/** A server says what is not set in several ways. */
function plain(value: unknown): unknown {
  return value === 0 || value === '' || value === false || value === 'none' || isEmpty(value) ? undefined : value;
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** Undefined when there is none. */
export async function consumerInfo(manager: JetStreamManager, name: string): Promise<ConsumerInfo | undefined> {
  return askLeader(() => manager.consumers.info(STREAM, name)).catch((error: unknown) => {
    if (isAnswer(error, JetStreamApiCodes.ConsumerNotFound)) return undefined;
    throw error;
  });
}

async function makeConsumer(
  manager: JetStreamManager,
  name: string,
  wanted: Partial<ConsumerConfig>,
): Promise<ConsumerInfo> {
  return manager.consumers.add(STREAM, wanted).catch(async (error: unknown) => {
    // Another member has made it meanwhile, perhaps with another ack wait.
    const raced = isAnswer(error, CODE.consumerExists, CODE.consumerNameInUse);
    const info = raced ? await consumerInfo(manager, name) : undefined;
    if (info) return info;
    throw error;
  });
}
