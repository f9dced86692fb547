import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/**
 * A unique NATS Streaming client id: prefix, host, random part. The server refuses a second client with the id of one
 * that answers, and cuts off the first when it does not answer within 500 ms (server.go, defaultCheckDupCIDTimeout). So
 * with one id for all, a restarted process could not connect, or two pods would replace each other. Only
 * `[A-Za-z0-9_-]` is allowed in an id (NATS Streaming server documentation, "Client Connections").
 */
export function uniqueClientId(prefix: string, host = hostname()): string {
  const clean = (text: string) => text.replace(/[^A-Za-z0-9_-]/g, '-').slice(0, 40);
  return `${clean(prefix)}-${clean(host)}-${randomBytes(6).toString('hex')}`;
}
