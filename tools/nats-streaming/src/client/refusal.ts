import { shownNatsUrl } from '@ticketing/common/nats-url';
import { withoutPassword } from '@ticketing/servers';
import type { ClientOptions } from './client-options';
import { HOW_TO_START } from './server-address';

/** Why the server, or the network before it, refused, and what to do, for people. */
export function explain(error: unknown, { url, clusterId, clientId, givenClientId }: ClientOptions): string {
  const reason = withoutPassword(error instanceof Error ? error.message : String(error));
  const server = shownNatsUrl(url);
  if (/clientID already registered/.test(reason)) {
    const remedy = givenClientId ? ' Leave --client out for a random one.' : '';
    return `The server refuses the client id ${clientId}: a client with it is connected, and answers.${remedy}`;
  }
  if (/connect request timeout/.test(reason)) {
    return (
      `${server} has no NATS Streaming server of cluster "${clusterId}". \`npm run nats:monitor\` shows the cluster id of a server;\n` +
      'give it with --cluster. (A NATS server without Streaming does not answer either.)'
    );
  }
  if (/did not come back|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ECONNRESET|Could not connect/.test(reason)) {
    return `No NATS Streaming server answers at ${server} (${reason}).\n${HOW_TO_START} --url nats://host:4222`;
  }
  if (/connection lost|client has been replaced|no longer registered/.test(reason)) {
    return `The server no longer knows this client (${reason}): run it again, or type rs under --watch.`;
  }
  if (/maximum payload/i.test(reason)) return `The message is larger than ${server} takes (its max_payload).`;
  return `NATS Streaming at ${server} says: ${reason}`;
}
