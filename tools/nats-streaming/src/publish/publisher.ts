import { setTimeout as sleep } from 'node:timers/promises';
import { say, tell } from '@ticketing/command-line';
import { readNatsUrl } from '@ticketing/common/nats-url';
import { connect } from 'node-nats-streaming';
import { checkAll, checkEvent } from './check-event';
import { exitWith, orExit } from '../client/exit-with';
import { stopOrEnd } from '../client/leaving';
import { type Payload, payloadsFrom, payloadsOf } from './payloads';
import { type PublishOptions, readPublishOptions } from './publish-options';
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
    let due = performance.now();
    for await (const payload of payloads) {
      if (rate !== undefined) await sleep(due - performance.now(), undefined, { signal: stop }).catch(() => undefined);
      if (stop.aborted) break;
      due = Math.max(due, performance.now() - 1_000) + 1_000 / (rate ?? Infinity); // no burst after a pause
      await publishOne(payload);
    }
    waiting = 'the server to close the connection';
    stan.removeAllListeners('close');
    stan.on('close', () => exitWith(refused > 0 ? 1 : 0, `${published} published, connection closed`));
    stan.close();
  }

  /** Resolves when the server has stored the message. By the guid the client knows which message an ack is for. */
  function publishOne({ text, place }: Payload): Promise<void> {
    const event = checkEvent(channel, text, force);
    if (!event.ok) {
      refused += 1;
      tell(`${place} is not published: ${event.problems}`);
      return Promise.resolve();
    }
    waiting = `the ack of ${place}`;
    return new Promise((resolve) => {
      stan.publish(channel, event.payload, (error, guid) => {
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

void orExit(() => publish(readPublishOptions(process.argv.slice(2), process.env)));
