import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Fault } from './protocol';
import { type Frame, NatsFrames } from './nats-frames';

/** How long (ms) a message is held back: longer than a person needs to make the next one. */
export const HELD_MS = 6_000;
/** A client is let go this much later (ms) when the broker is away, or some clients would come again at once. */
const AWAY_MS = 250;

export interface BrokerBetween {
  readonly url: string;
  /** Does this to the next message or ack, once. */
  next(fault: Fault): void;
  close(): Promise<void>;
}

/**
 * Stands between a service and the broker, and passes everything on as it is, except what somebody asks it to disturb.
 * It knows the protocol of NATS, so what it holds back, doubles or drops are whole messages.
 * @param channels that the service consumes
 * @param happened gets what was done, in words
 */
export async function startBrokerBetween(
  brokerUrl: string,
  channels: readonly string[],
  happened: (text: string) => void,
): Promise<BrokerBetween> {
  const { hostname, port } = new URL(brokerUrl);
  const asked: Fault[] = [];
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();

  const takes = (faults: readonly Fault[]): Fault | undefined => {
    const at = asked.findIndex((fault) => faults.includes(fault));
    return at < 0 ? undefined : asked.splice(at, 1)[0];
  };
  /** NATS Streaming names the channel in the payload; on JetStream it is in the subject, around the aggregate. */
  const channelIn = ({ payload, line }: Frame) =>
    channels.find((channel) => {
      const [before = '', after = ''] = channel.split(':');
      return line.includes('$JS.ACK.')
        ? new RegExp(`^H?MSG [^ .]+\\.${before}\\.[^ .]+\\.${after} `, 'i').test(line)
        : payload.includes(channel);
    });

  function toService(frame: Frame, client: Socket): void {
    const channel = isDelivery(frame) ? channelIn(frame) : undefined;
    const fault = channel === undefined ? undefined : takes(['hold', 'twice']);
    if (fault === 'hold') {
      happened(`a message of ${channel} is held back for ${HELD_MS / 1_000} s`);
      const timer = setTimeout(() => {
        timers.delete(timer);
        if (!client.destroyed) client.write(frame.whole);
        happened(`the message of ${channel} that was held back is delivered`);
      }, HELD_MS);
      timers.add(timer);
      return;
    }
    client.write(frame.whole);
    if (fault !== 'twice') return;
    client.write(frame.whole);
    happened(`a message of ${channel} is delivered twice`);
  }

  function toBroker(frame: Frame, upstream: Socket): void {
    if (isAck(frame) && takes(['drop-ack']) !== undefined) {
      const channel = channelIn(frame);
      return happened(
        `an ack${channel ? ` of ${channel}` : ''} is dropped: the message comes again after the ack wait`,
      );
    }
    upstream.write(frame.whole);
  }

  const server = createServer((client) => {
    const upstream = connect(Number(port || 4222), hostname);
    const [fromBroker, fromService] = [new NatsFrames(), new NatsFrames()];
    const pass = (from: Socket, to: Socket, frames: NatsFrames, each: (frame: Frame) => void) =>
      from.on('data', (chunk) => {
        to.cork();
        frames.push(chunk).forEach(each);
        to.uncork();
        if (!to.writableNeedDrain) return;
        from.pause();
        to.once('drain', () => from.resume());
      });
    pass(upstream, client, fromBroker, (frame) => toService(frame, client));
    pass(client, upstream, fromService, (frame) => toBroker(frame, upstream));
    let wasConnected = false;
    upstream.once('connect', () => (wasConnected = true));
    const end = () => {
      upstream.destroy();
      if (wasConnected) return void client.destroy();
      const timer = setTimeout(() => client.destroy(), AWAY_MS);
      client.once('close', () => clearTimeout(timer));
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', end).on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const through = new URL(brokerUrl);
  through.hostname = '127.0.0.1';
  through.port = String((server.address() as AddressInfo).port);
  return {
    url: through.href.replace(/\/$/, ''),
    next: (fault) => void asked.push(fault),
    close: async () => {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A message of a channel: on JetStream it has where to ack it, on NATS Streaming its payload has the event. */
function isDelivery({ line, payload }: Frame): boolean {
  return /^H?MSG /i.test(line) && (line.includes('$JS.ACK.') || payload.includes('{'));
}

/** On JetStream an ack goes where the message said. On NATS Streaming it names its channel, and heartbeats are empty. */
function isAck({ line, payload }: Frame): boolean {
  if (/^H?PUB \$JS\.ACK\./i.test(line)) return true;
  return /^PUB (_INBOX|_STAN\.ack)\./i.test(line) && payload.includes(':') && !payload.includes('{');
}
