import {
  AckPolicy,
  type Consumer,
  type ConsumerConfig,
  DeliverPolicy,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  type JsMsg,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { CommandError, say, tell } from '@ticketing/command-line';
import { filterOf, STREAM } from '@ticketing/common/jetstream-names';
import { shownNatsUrl } from '@ticketing/common/nats-url';
import { exitWith } from '../client/exit-with';
import { onceStopped, stopOrEnd } from '../client/leaving';
import { connectToNats, explainJetStream } from '../jetstream/connect';
import type { ListenOptions, Start } from './listen-options';
import { messageLine } from './message-line';

/** A consumer without a durable name ends so long (ms) after its last listener. */
const KEPT_MS = 60_000;

/**
 * `npm run nats:listen -- --broker jetstream`. A queue group is a consumer that its members share, a durable is a
 * consumer that stays; without both it has one of its own.
 */
export async function listenOnJetStream(options: ListenOptions): Promise<void> {
  const { url, clientId, channel, acks, failRate, unsubscribe } = options;
  const stop = stopOrEnd(() => 'stopped without an answer of the server');
  const nats = await connectToNats(url, clientId);
  tell(`${clientId} is connected to ${shownNatsUrl(url)}, pid ${process.pid}`);
  const handle = (message: JsMsg) => {
    const failed = Math.random() < failRate;
    const remark = failed ? 'failed: not acked' : acks === 'never' ? 'not acked' : '';
    say(messageLine(plain(channel, message), remark));
    if (remark === '') message.ack();
  };
  try {
    const manager = await jetstreamManager(nats);
    const consumer = await consumerFor(options, manager, (name) => jetstream(nats).consumers.get(STREAM, name));
    const messages = await consumer.consume({ max_messages: Math.min(options.maxInFlight, 100), callback: handle });
    tell(`listening on ${channel}; Ctrl-C ends it`);
    onceStopped(stop, () => {
      void (async () => {
        await messages.close();
        if (unsubscribe) await consumer.delete();
        tell(unsubscribe ? 'unsubscribed' : 'subscription closed');
        await nats.close();
        exitWith(0, 'connection closed');
      })();
    });
    const ended = (await nats.closed()) ?? new Error('the connection is closed, and the server did not come back');
    if (!stop.aborted) throw ended;
  } catch (error) {
    exitWith(1, explainJetStream(error, url));
  }
}

/** The consumer of this queue group or durable as it is, else a new one. */
async function consumerFor(
  { channel, queue, durable, start, ackWaitMs, maxInFlight }: ListenOptions,
  manager: JetStreamManager,
  get: (name: string) => Promise<Consumer>,
): Promise<Consumer> {
  const name = durable ?? queue;
  if (name !== undefined && /[.*>/\\]/.test(name)) {
    throw new CommandError(`${name} cannot be the name of a consumer: it must not have . * > / \\`);
  }
  const settings: Partial<ConsumerConfig> = {
    ...{ filter_subject: filterOf(channel), ack_policy: AckPolicy.Explicit, ...beginning(start) },
    ...{ ack_wait: nanos(ackWaitMs), max_ack_pending: maxInFlight },
    ...(durable === undefined ? { inactive_threshold: nanos(KEPT_MS) } : { durable_name: durable }),
    ...(name !== undefined && { name }),
  };
  if (name !== undefined) {
    const found = await manager.consumers.info(STREAM, name).catch(() => undefined);
    if (found && found.config.filter_subject !== settings.filter_subject) {
      throw new CommandError(`the consumer ${name} is of ${found.config.filter_subject}: choose another name`);
    }
    if (found) return get(name);
  }
  return get((await manager.consumers.add(STREAM, settings)).name);
}

function beginning(start: Start): Partial<ConsumerConfig> {
  if (start === 'all') return { deliver_policy: DeliverPolicy.All };
  if (start === 'last') return { deliver_policy: DeliverPolicy.Last };
  if (start === 'new') return { deliver_policy: DeliverPolicy.New };
  if ('from' in start) return { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: start.from };
  const since = new Date(Date.now() - start.sinceMs).toISOString();
  return { deliver_policy: DeliverPolicy.StartTime, opt_start_time: since };
}

function plain(channel: string, message: JsMsg) {
  const { time, seq: sequence, redelivered } = message;
  return { channel, sequence, redelivered, storedAt: time.toISOString(), text: message.string() };
}
