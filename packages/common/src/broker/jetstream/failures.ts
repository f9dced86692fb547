import { JetStreamApiError } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';
import { ENGINE_NAMES } from '../engines';
import { NoAnswerError, NotConnectedError, NotNowError, RefusedError } from '../errors';

/** Its name for people. */
export const ENGINE = ENGINE_NAMES.jetstream;

/** Answers of the server (nats-server, errors.json). */
export const CODE = {
  consumerExists: 10148,
  consumerNameInUse: 10013,
  streamExists: 10058,
  wrongLastSequence: 10071,
  /** The same while another message of the subject is being stored. */
  wrongLastSequenceNow: 10164,
} as const;

/**
 * Errors that say that the request may succeed later, and not that it is wrong: 10008 the system is temporarily
 * unavailable, 10009 the server cannot handle the request (no leader), 10039 and 10076 JetStream is not enabled, which
 * a server also answers during an election, 10158 a message with this id is being stored, 10167 too many requests.
 */
const LATER: readonly number[] = [10008, 10009, 10039, 10076, 10158, 10167];

/** The error of a request to the server, in the words of the port. An unknown one stays as it is. */
export function portError(error: unknown): Error {
  const chain = causesOf(error);
  const found = <E extends Error>(kind: new (...args: never[]) => E) =>
    chain.find((each): each is E => each instanceof kind);
  const [first = new Error(String(error))] = chain;
  if (chain.some((each) => each instanceof NotConnectedError || each instanceof NoAnswerError)) return first;
  const answer = found(JetStreamApiError);
  if (answer && !LATER.includes(answer.code)) {
    return new RefusedError(`${answer.message} (${answer.code})`, { cause: error });
  }
  if (answer) return new NotNowError(`${ENGINE} cannot do it now: ${answer.message}`, { cause: error });
  const forbidden = found(errors.PermissionViolationError) ?? found(errors.InvalidArgumentError);
  if (forbidden) return new RefusedError(forbidden.message, { cause: error });
  if (found(errors.NoRespondersError)) {
    return new NoAnswerError(`no ${ENGINE} answers: it elects a leader, has no such stream, or is not enabled`, {
      cause: error,
    });
  }
  if (found(errors.TimeoutError)) return new NoAnswerError(`no answer from ${ENGINE} in time`, { cause: error });
  const cut =
    found(errors.ClosedConnectionError) ?? found(errors.DrainingConnectionError) ?? found(errors.RequestError);
  return cut ? new NotConnectedError(ENGINE) : first;
}

/** Whether the server has answered with one of these codes. */
export function isAnswer(error: unknown, ...codes: readonly number[]): boolean {
  return causesOf(error).some((each) => each instanceof JetStreamApiError && codes.includes(each.code));
}

function causesOf(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let each = error; each instanceof Error && chain.length < 5; each = each.cause) chain.push(each);
  return chain;
}
