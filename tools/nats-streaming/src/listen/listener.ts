import { say, tell } from '@ticketing/command-line';
import { readNatsUrl, shownNatsUrl } from '@ticketing/common/nats-url';
import { connect, type Message, type Subscription } from 'node-nats-streaming';
import { exitWith, orExit } from '../client/exit-with';
import { onceStopped, stopOrEnd } from '../client/leaving';
import { type ListenOptions, readListenOptions } from './listen-options';
import { listenOnJetStream } from './listen-on-jetstream';
import { messageLine, type ShownMessage } from './message-line';
import { explain } from '../client/refusal';

/** `npm run nats:listen`: subscribes to a channel and prints each message until it is stopped. */
function listen(options: ListenOptions): void {
  const { url, clusterId, clientId, channel, queue, acks, failRate, unsubscribe } = options;
  const stop = stopOrEnd(() => 'stopped without an answer of the server');
  const stan = connect(clusterId, clientId, {
    ...readNatsUrl(url),
    maxReconnectAttempts: 10,
    reconnectTimeWait: 1_000,
  });

  stan.on('connect', () => {
    tell(`${clientId} is connected to ${clusterId} at ${shownNatsUrl(url)}, pid ${process.pid}`);
    if (options.durable !== undefined && queue === undefined && !options.givenClientId) {
      tell('without --queue a durable belongs to its client id: to go on from here later, give --client as well');
    }
    const subscription = subscribe();
    subscription.on('ready', () => {
      tell(`listening on ${channel}; Ctrl-C ends it`);
      onceStopped(stop, () => close(subscription));
    });
    subscription.on('message', handle);
    subscription.on('error', fail);
    subscription.on('timeout', fail);
  });
  stan.on('disconnect', () => tell('the connection is cut'));
  stan.on('reconnect', () => tell('connected again'));
  stan.on('connection_lost', fail);
  stan.on('error', fail);
  stan.on('close', () => fail('the connection is closed, and the server did not come back'));

  function subscribe(): Subscription {
    const how = stan.subscriptionOptions();
    const { start, durable } = options;
    if (start === 'all') how.setDeliverAllAvailable();
    else if (start === 'last') how.setStartWithLastReceived();
    else if (start !== 'new') {
      if ('from' in start) how.setStartAtSequence(start.from);
      else how.setStartAtTimeDelta(start.sinceMs);
    }
    if (durable !== undefined) how.setDurableName(durable);
    how.setManualAckMode(acks !== 'client');
    how.setAckWait(options.ackWaitMs);
    how.setMaxInFlight(options.maxInFlight);
    return queue === undefined ? stan.subscribe(channel, how) : stan.subscribe(channel, queue, how);
  }

  function handle(message: Message): void {
    const failed = Math.random() < failRate;
    if (failed) return say(messageLine(shown(message), 'failed: not acked'));
    if (acks === 'never') return say(messageLine(shown(message), 'not acked'));
    say(messageLine(shown(message)));
    if (acks === 'ours') message.ack(); // otherwise the client acks when this function returns
  }

  /** First the subscription, then the connection: closing both at once raises "stan: invalid subscription". */
  function close(subscription: Subscription): void {
    subscription.once(unsubscribe ? 'unsubscribed' : 'closed', () => {
      tell(unsubscribe ? 'unsubscribed' : 'subscription closed');
      stan.removeAllListeners('close');
      stan.on('close', () => exitWith(0, 'connection closed'));
      stan.close();
    });
    if (unsubscribe) subscription.unsubscribe();
    else subscription.close();
  }

  function fail(error: unknown): void {
    exitWith(1, explain(error, options));
  }
}

function shown(message: Message): ShownMessage {
  return {
    ...{ channel: message.getSubject(), sequence: message.getSequence(), redelivered: message.isRedelivered() },
    ...{ storedAt: message.getTimestamp().toISOString(), text: String(message.getData()) },
  };
}

void orExit(() => {
  const options = readListenOptions(process.argv.slice(2), process.env);
  if (options.note !== undefined) tell(options.note);
  return options.broker === 'jetstream' ? listenOnJetStream(options) : listen(options);
});
