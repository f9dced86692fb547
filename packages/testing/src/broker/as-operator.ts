import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

/** Does something with a JetStream server as its operator. */
export async function asOperator<T>(url: string, act: (manager: JetStreamManager) => Promise<T>): Promise<T> {
  const nats = await connect({ servers: url, reconnect: false });
  try {
    return await act(await jetstreamManager(nats));
  } finally {
    await nats.close();
  }
}
