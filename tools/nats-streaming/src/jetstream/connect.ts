import { connect, type NatsConnection } from '@nats-io/transport-node';
import { CommandError } from '@ticketing/command-line';
import { STREAM } from '@ticketing/common/jetstream-names';
import { readNatsUrl, shownNatsUrl } from '@ticketing/common/nats-url';
import { withoutPassword } from '@ticketing/servers';
import { HOW_TO_START } from '../client/server-address';

/** A connection of the plain client, which connects again by itself. @throws CommandError that says what to do */
export async function connectToNats(address: string, name: string): Promise<NatsConnection> {
  const { url, servers, ...user } = readNatsUrl(address);
  const tls = url.startsWith('tls:') && { tls: {} };
  try {
    return await connect({ servers: [url, ...servers], ...user, ...tls, name, maxReconnectAttempts: 10 });
  } catch (error) {
    throw new CommandError(`${explainJetStream(error, address)}\n${HOW_TO_START} --url nats://host:4222`, 1);
  }
}

/** Why a server refused, for people. */
export function explainJetStream(error: unknown, address: string): string {
  const reason = withoutPassword(error instanceof Error ? error.message : String(error));
  const server = shownNatsUrl(address);
  if (/stream not found/i.test(reason)) {
    return `${server} has no stream "${STREAM}" yet: the first service or nats:publish --broker jetstream makes it.`;
  }
  if (/not enabled|no responders/i.test(reason)) return `JetStream is not enabled at ${server}, or has no leader now.`;
  return `JetStream at ${server} says: ${reason}`;
}
