import { say, tell } from '@ticketing/command-line';
import { readNatsUrl } from '@ticketing/common/nats-url';
import { connect } from 'node-nats-streaming';
import { checkAll } from './check-event';
import { exitWith, orExit } from '../client/exit-with';
import { stopOrEnd } from '../client/leaving';
import { paced, type Payload, payloadsFrom, payloadsOf } from './payloads';
import { type PublishOptions, readPublishOptions } from './publish-options';
import { publishOnJetStream } from './publish-on-jetstream';
import { publishable } from './publishable';
import { explain } from '../client/refusal';

/** `npm run nats:publish`: publishes, waits for the server's ack of each message, and ends. */
function publish(options: PublishOptions): void {
  const { url, clusterId, clientId, channel, source, rate, force } = options;
  if (source !== 'stdin') checkAll(channel, payloadsOf(source), force);
  let [published, refused, waiting] = [0, 0, 'the server to answer'];
  const stop = stopOrEnd(() => `stopped while waiting for ${waiting}; ${published} published`);

  const stan = connect(clusterId, clientId, {
    ...readNatsUrl(url),
    maxReconnectAttempts: 10,
    reconnectTimeWait: 1_000,
  });
  stan.on('connect', () => void publishAll());
  stan.on('disconnect', () => tell('the connection is cut'));
  stan.on('reconnect', () => tell('connected again'));
  stan.on('connection_lost', fail);
  stan.on('error', fail);
  stan.on('close', () => fail('the connection is closed, and the server did not come back'));

  async function publishAll(): Promise<void> {
    const payloads = source === 'stdin' ? payloadsFrom(process.stdin, stop) : payloadsOf(source);
    for await (const payload of paced(payloads, rate, stop)) await publishOne(payload);
    waiting = 'the server to close the connection';
    stan.removeAllListeners('close');
    stan.on('close', () => exitWith(refused > 0 ? 1 : 0, `${published} published, connection closed`));
    stan.close();
  }

  /** Resolves when the server has stored the message. By the guid the client knows which message an ack is for. */
  function publishOne(payload: Payload): Promise<void> {
    const text = publishable(channel, payload, force);
    if (text === undefined) {
      refused += 1;
      return Promise.resolve();
    }
    waiting = `the ack of ${payload.place}`;
    return new Promise((resolve) => {
      stan.publish(channel, text, (error, guid) => {
        if (error) return fail(error);
        published += 1;
        say(`published to ${channel}, guid ${guid}`);
        resolve();
      });
    });
  }

  function fail(error: unknown): void {
    exitWith(1, explain(error, options) + (published > 0 ? `\n${published} published before.` : ''));
  }
}

void orExit(() => {
  const options = readPublishOptions(process.argv.slice(2), process.env);
  if (options.note !== undefined) tell(options.note);
  return options.broker === 'jetstream' ? publishOnJetStream(options) : publish(options);
});
