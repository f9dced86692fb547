import { type Broker, createBroker, createLogger, readNatsUrl, type Subscription } from '@ticketing/common';
import { startTcpProxy, waitFor } from '@ticketing/testing';
import { recordingBroker, type RecordingOptions } from './recording-broker';
import { connectDatabase, type LabServers } from './servers';
import type { EventKey } from '../story/story';
import type { Leave, Member, Strategy } from '../strategies/strategy';
import { Tickets } from '../story/tickets';

export interface ConsumerProcessOptions extends Omit<RecordingOptions, 'onSubscription'> {
  readonly servers: LabServers;
  readonly strategy: Strategy;
  readonly channelPrefix: string;
  readonly place: Pick<Member, 'place' | 'places' | 'group' | 'ticketIds' | 'maxInFlight' | 'ackWaitMs'>;
  readonly handlingMs: (event: EventKey) => number;
}

/** Represents a process of the consuming service. It has its own connections, and `kill` cuts both at once. */
export interface ConsumerProcess {
  /** Cuts it off from the broker and MongoDB without closing, like SIGKILL. Its unacked messages stay unacked. */
  kill(): Promise<void>;
  /** Leaves the queue group and closes everything; after `kill` it only tidies up here. Idempotent. */
  close(): Promise<void>;
}

/** Starts one and has it join the strategy's queue group. Resolves when the server knows all its subscriptions. */
export async function startConsumerProcess(options: ConsumerProcessOptions): Promise<ConsumerProcess> {
  const { servers, strategy, place } = options;
  const proxy = await startTcpProxy(readNatsUrl(servers.natsUrl).url);
  const connection = await connectDatabase(servers);
  const broker = connectBroker(servers, options.channelPrefix, throughProxy(servers.natsUrl, proxy.port));
  let leave: Leave = () => Promise.resolve();
  let closed: Promise<void> | undefined;
  const close = () =>
    (closed ??= (async () => {
      await leave();
      await broker.close();
      await connection.close(true);
      await proxy.close();
    })());
  const tickets = new Tickets(connection, options.member, options.handlingMs, options.now);
  const subscriptions: Subscription[] = [];
  const onSubscription = (subscription: Subscription) => void subscriptions.push(subscription);
  const recorded = recordingBroker(broker, { ...options, onSubscription });
  const member: Member = { ...place, tickets, connection, broker: recorded };
  try {
    await isConnected(broker);
    leave = await strategy.join(member);
    await Promise.all(subscriptions.map(({ ready }) => ready));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    close,
    async kill() {
      proxy.refuse = true;
      proxy.cut();
      await connection.close(true);
      close().catch(() => undefined); // a later close reports the failure
    },
  };
}

/** The first server with its user and password, through the proxy. */
function throughProxy(natsUrl: string, port: number): string {
  return natsUrl.replace(/,.*/s, '').replace(/[^/@]+\/?$/, `127.0.0.1:${port}`);
}

/** A broker of the lab. @param url where the server is reached, if not at its own address */
export function connectBroker(servers: LabServers, channelPrefix: string, url = servers.natsUrl): Broker {
  const logger = createLogger({ name: 'lab', level: 'silent' });
  const { engine, natsClusterId: clusterId } = servers;
  return createBroker({ engine, url, clusterId, clientIdPrefix: 'lab', channelPrefix, logger });
}

/** Waits until a new broker is connected. */
export async function isConnected(broker: Broker): Promise<void> {
  await waitFor(() => broker.isConnected(), { what: 'a connection to the broker', everyMs: 5 });
}
