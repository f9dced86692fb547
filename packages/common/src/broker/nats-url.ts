import { StartError } from '../errors/start-error';

/** An address of NATS in the options of its clients (nats, node-nats-streaming). */
export interface NatsClientOptions {
  /** The first server, `nats://host:port` without a user. */
  readonly url: string;
  /** The other servers of the cluster. */
  readonly servers: string[];
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
}

const EXAMPLE = 'nats://localhost:4222, or several separated by commas';
const USUAL_PORT = 4222;
/**
 * The characters that a user and a password may have unencoded (RFC 3986, section 3.2.1), without the comma that
 * separates servers.
 */
const PART = "(?:[A-Za-z0-9\\-._~!$&'()*+;=]|%[0-9A-Fa-f]{2})+";
const USER = new RegExp(`^${PART}(?::${PART})?$`);
const ENCODE =
  'a user or password may have letters and digits as they are, and must have other signs percent-encoded (: as %3A, ' +
  '@ as %40, / as %2F, ? as %3F, # as %23, % as %25, a comma as %2C)';

type Refuse = (reason: string) => never;

/** An address of NATS is wrong. The message does not repeat the address. */
export class NatsUrlError extends StartError {
  /** The text after "must be". */
  readonly expected: string;
  /** @param name where the address was given */
  constructor(name: string, reason: string) {
    const expected = `an address such as ${EXAMPLE}: ${reason}`;
    super(`${name} must be ${expected}`);
    this.expected = expected;
  }
}

/**
 * Reads the address of NATS: servers separated by commas, each `nats://` or `tls://` (nats:// when there is none), then
 * `user:password@` or `token@` percent-encoded, a host, and a port (4222 when there is none). Space around a server is cut.
 * @param name where it was given, for the error
 * @throws NatsUrlError
 */
export function readNatsUrl(text: string, name = 'NATS_URL'): NatsClientOptions {
  const refuse = (reason: string): never => {
    throw new NatsUrlError(name, reason);
  };
  const given = text.split(',');
  // The text before an unencoded comma of a password looks like a server.
  if (text.includes('@') && !given[0]?.includes('@')) refuse(`the first server has no user; ${ENCODE}`);
  const servers = given.map((server) => readServer(server.trim(), refuse));
  const [first] = servers;
  if (servers.some(({ scheme }) => scheme !== first?.scheme)) refuse('all servers must be nats://, or all tls://');
  const users = new Set(servers.flatMap(({ user }) => user ?? []));
  if (users.size > 1) refuse('all servers must have the same user and password');
  const [url = '', ...others] = servers.map((server) => server.url);
  const [user] = users;
  return { url, servers: others, ...(user !== undefined && credentials(user, refuse)) };
}

/** The servers of an address, without a user or password: for people and logs. @throws NatsUrlError */
export function shownNatsUrl(text: string): string {
  const { url, servers } = readNatsUrl(text);
  return [url, ...servers].join(',');
}

/**
 * `user` is still encoded. It is passed separately, because the client does not decode a user in the address (nats.js,
 * selectServer).
 */
function readServer(text: string, refuse: Refuse): { scheme: string; user: string | undefined; url: string } {
  const [, scheme = 'nats', user, place = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:(.*)@)?(.*?)\/?$/is.exec(text) ?? [];
  if (!/^(nats|tls)$/i.test(scheme)) refuse('it must begin with nats:// or tls://');
  if (user !== undefined && !USER.test(user)) refuse(ENCODE);
  if (/[/?#%]/.test(place)) refuse('nothing may follow the port');
  if (/^\[|:.*:/.test(place)) {
    refuse('its client cannot use an IPv6 address: give a host name that stands for it');
  }
  const [, host = '', given] = /^([^:]*)(?::(.*))?$/.exec(place) ?? [];
  if (host === '') refuse('a server has no host');
  const port = given === undefined ? USUAL_PORT : /^\d{1,5}$/.test(given) ? Number(given) : 0;
  if (port < 1 || port > 65_535) refuse('a port must be a number from 1 to 65535');
  const url = `${scheme.toLowerCase()}://${host}:${port}`;
  if (/[^\w.-]/.test(host) || !URL.canParse(url)) refuse('a host must be a name or an IPv4 address');
  return { scheme: scheme.toLowerCase(), user, url };
}

function credentials(encoded: string, refuse: Refuse): { user: string; pass: string } | { token: string } {
  try {
    const [user = '', pass] = encoded.split(':').map(decodeURIComponent);
    return pass === undefined ? { token: user } : { user, pass };
  } catch {
    return refuse(ENCODE); // it is not UTF-8; the error itself would quote it
  }
}
