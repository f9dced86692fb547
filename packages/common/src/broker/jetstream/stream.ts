import {
  DiscardPolicy,
  JetStreamApiCodes,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from '@nats-io/jetstream';
import { RefusedError } from '../errors';
import { CODE, isAnswer } from './failures';
import { STREAM, SUBJECTS } from './names';

/** How many servers of a cluster keep each message: one may be lost, and the others still have a majority. */
const REPLICAS = 3;

/**
 * The stream, made if there is none. What an operator has set stays: limits, replicas, placement.
 * @param inCluster whether the server is one of a cluster
 * @throws RefusedError that says which setting is wrong; the client's errors
 */
export async function needStream(manager: JetStreamManager, inCluster: boolean): Promise<StreamInfo> {
  const info = (await streamInfo(manager)) ?? (await makeStream(manager, inCluster));
  const wrong = problemsOf(info.config);
  if (wrong.length > 0) throw new RefusedError(`the stream "${STREAM}" cannot be used: ${wrong.join('; ')}`);
  return info.config.allow_direct ? info : manager.streams.update(STREAM, { allow_direct: true });
}

/** Undefined when there is no stream. */
export async function streamInfo(manager: JetStreamManager): Promise<StreamInfo | undefined> {
  return manager.streams.info(STREAM).catch((error: unknown) => {
    if (isAnswer(error, JetStreamApiCodes.StreamNotFound)) return undefined;
    throw error;
  });
}

/** A full stream refuses messages, because the other choice is to remove the oldest ones silently. */
async function makeStream(manager: JetStreamManager, inCluster: boolean): Promise<StreamInfo> {
  const made = manager.streams.add({
    name: STREAM,
    subjects: [SUBJECTS],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    num_replicas: inCluster ? REPLICAS : 1,
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
