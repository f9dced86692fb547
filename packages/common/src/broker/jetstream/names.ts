import { RefusedError } from '../errors';

/** The stream of this system, and the first word of its subjects. */
export const STREAM = 'ticketing';

/** The longest name of a consumer (nats-server, jetstream_api.go, JSMaxNameLen). */
const LONGEST = 255;

/**
 * The subject of a channel. Different channels have different subjects, and none is a pattern for another one.
 * @throws RefusedError when the name cannot be a subject: an empty word between dots, a space, `*` or `>`
 */
export function subjectOf(channel: string): string {
  if (!/^[^\s.*>\p{Cc}]+(\.[^\s.*>\p{Cc}]+)*$/u.test(channel)) {
    throw new RefusedError(`"${channel}" cannot be a channel: it has an empty word, a space, "*" or ">"`);
  }
  return `${STREAM}.${channel}`;
}

/**
 * The name of the consumer that keeps the position of a group in a channel. A name must not have dots, spaces, slashes
 * or wildcards (nats-server, jetstream.go, isValidAssetName), so `_` and the code replace every sign but letters,
 * digits and `-`. Different pairs have different names.
 * @throws RefusedError when it is too long
 */
export function consumerOf(channel: string, group: string): string {
  const name = `${encoded(group)}__${encoded(channel)}`;
  if (name.length > LONGEST) throw new RefusedError(`the names ${group} and ${channel} are too long together`);
  return name;
}

function encoded(text: string): string {
  return text.replace(/[^A-Za-z0-9-]/gu, (sign) => `_${(sign.codePointAt(0) ?? 0).toString(16)}_`);
}
