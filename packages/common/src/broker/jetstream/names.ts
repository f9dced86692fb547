import { RefusedError } from '../errors';

/** The stream of this system, and the first word of its subjects. */
export const STREAM = 'ticketing';

/** The subjects of the stream. Other subjects that begin with its name are free for other streams. */
export const SUBJECTS = `${STREAM}.*.*.*`;

/** Instead of an aggregate, or of what follows the colon in the name of a channel, where there is none. */
const NONE = '_';

/** The longest name of a consumer (nats-server, jetstream_api.go, JSMaxNameLen), and of a word in a subject. */
const LONGEST = 255;

/**
 * The subject of a message: `ticketing.ticket.<aggregate>.created` in the channel `ticket:created`. Different pairs of
 * a channel and an aggregate have different subjects.
 * @throws RefusedError when a name cannot be a word of a subject: it is empty, too long, or not well-formed
 */
export function subjectOf(channel: string, aggregate?: string): string {
  return subject(channel, aggregate === undefined ? NONE : word(aggregate));
}

/** The pattern of the subjects of a channel, and of no other channel's. @throws like `subjectOf` */
export function filterOf(channel: string): string {
  return subject(channel, '*');
}

/** The channel whose filter this is. The filter of a consumer that is not of this system is returned as it is. */
export function channelOf(filter: string): string {
  const [stream, before = '', , after, ...more] = filter.split('.');
  if (stream !== STREAM || after === undefined || more.length > 0) return filter;
  return after === NONE ? decoded(before) : `${decoded(before)}:${decoded(after)}`;
}

function decoded(text: string): string {
  return text.replace(/(%[0-9A-F]{2})+/g, (code) => decodeURIComponent(code));
}

function subject(channel: string, aggregate: string): string {
  const [, before = '', after] = /^([^:]*)(?::(.*))?$/s.exec(channel) ?? [];
  return [STREAM, word(before), aggregate, after === undefined ? NONE : word(after)].join('.');
}

/**
 * The text as in a URL, with dots and asterisks encoded as well. Different texts have different words, and none of them
 * is `_` or a pattern.
 */
export function word(text: string): string {
  if (text === '') throw new RefusedError('a name in a subject must not be empty');
  const encoded = encodeUri(text).replace(/[.*]|^_$/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  if (encoded.length > LONGEST) throw new RefusedError(`"${text.slice(0, 40)}..." is too long for a subject`);
  return encoded;
}

function encodeUri(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch (error) {
    throw new RefusedError(`${JSON.stringify(text)} is not well-formed: half of a sign is missing`, { cause: error });
  }
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

/** The text as a part of a name of the server. Different texts have different parts. */
export function encoded(text: string): string {
  return text.replace(/[^A-Za-z0-9-]/gu, (sign) => `_${(sign.codePointAt(0) ?? 0).toString(16)}_`);
}
