import {
  DiscardPolicy,
  JetStreamApiCodes,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from '@nats-io/jetstream';
import type { Logger } from '../../runtime/logger';
import { NotNowError, RefusedError } from '../errors';
import { askLeader } from './ask-leader';
import { CODE, isAnswer } from './failures';
import { STREAM, SUBJECTS } from './names';

/** How many servers of a cluster keep each message: one may be lost, and the others still have a majority. */
const REPLICAS = 3;

export interface StreamNeeds {
  readonly logger: Logger;
  /** Whether the server is one of a cluster. */
  readonly inCluster: boolean;
  /** Whether to make a stream that is not there. */
  readonly mayCreate: boolean;
  /** How many bytes that one may take; they are reserved. */
  readonly maxBytes: number | undefined;
}

/**
 * The stream, made if there is none. What an operator has set stays: limits, replicas, placement.
 * @throws RefusedError that says which setting is wrong, or that there is none; NotNowError; the client's errors
 */
export async function needStream(manager: JetStreamManager, needs: StreamNeeds): Promise<StreamInfo> {
  const info = (await streamInfo(manager)) ?? (await makeStream(manager, needs));
  const wrong = problemsOf(info.config);
  if (wrong.length > 0) throw new RefusedError(`the stream "${STREAM}" cannot be used: ${wrong.join('; ')}`);
  return info.config.allow_direct ? info : manager.streams.update(STREAM, { allow_direct: true });
}

/**
 * Undefined when there is no stream. While it has no leader, any server answers with what it has itself
 * (nats-server, jetstream_api.go, jsStreamInfoRequest). @throws NotNowError then; the client's errors
 */
export async function streamInfo(manager: JetStreamManager): Promise<StreamInfo | undefined> {
  const info = await askLeader(() => manager.streams.info(STREAM)).catch((error: unknown) => {
    if (isAnswer(error, JetStreamApiCodes.StreamNotFound)) return undefined;
    throw error;
  });
  if (info?.cluster && !info.cluster.leader) throw new NotNowError('the stream has no leader now');
  return info;
}

/** A full stream refuses messages, because the other choice is to remove the oldest ones silently. */
async function makeStream(
  manager: JetStreamManager,
  { logger, inCluster, mayCreate, maxBytes }: StreamNeeds,
): Promise<StreamInfo> {
  if (!mayCreate) throw new RefusedError(`there is no stream "${STREAM}": is this the right server?`);
  logger.warn({ stream: STREAM }, 'there is no stream: making it; if there was one, the owners must re-emit');
  const made = manager.streams.add({
    name: STREAM,
    subjects: [SUBJECTS],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    num_replicas: inCluster ? REPLICAS : 1,
    ...(maxBytes !== undefined && { max_bytes: maxBytes }),
    allow_direct: true,
  });
  return made.catch(async (error: unknown) => {
    // Another process has made it meanwhile.
    const info = isAnswer(error, CODE.streamExists) ? await streamInfo(manager) : undefined;
    if (info) return info;
    throw error;
  });
}

function problemsOf(config: StreamConfig): string[] {
  const { subjects = [], retention, no_ack, sealed, mirror, sources = [] } = config;
  return [
    ...(subjects.includes(SUBJECTS) ? [] : [`subjects are ${subjects.join()} and must have ${SUBJECTS}`]),
    ...(retention === RetentionPolicy.Limits ? [] : [`retention is ${retention} and must be limits`]),
    ...(no_ack ? ['no_ack must not be set: publishes would never be confirmed'] : []),
    ...(sealed ? ['it is sealed'] : []),
    ...(mirror || sources.length > 0 ? ['it is a copy of another stream'] : []),
  ];
}
