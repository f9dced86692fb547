import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/**
 * A NATS Streaming client id that nobody else has: prefix, host, random part. The server refuses a second client with the id of
 * one that answers it, and cuts the first off when that does not answer within 500 ms (server.go, defaultCheckDupCIDTimeout):
 * with one id for all, a restarted process could not come in, or two pods would throw each other out.
 * Only `[A-Za-z0-9_-]` is allowed in one (NATS Streaming server documentation, "Client Connections").
 */
export function uniqueClientId(prefix: string, host = hostname()): string {
  const clean = (text: string) => text.replace(/[^A-Za-z0-9_-]/g, '-').slice(0, 40);
  return `${clean(prefix)}-${clean(host)}-${randomBytes(6).toString('hex')}`;
}
