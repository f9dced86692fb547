import { setTimeout as sleep } from 'node:timers/promises';
import { onStop, say, tell } from '@ticketing/command-line';
import { connect } from 'node-nats-streaming';
import { checkAll, checkEvent } from './check-event';
import { exitWith, orExit } from './exit-with';
import { type Payload, payloadsFrom, payloadsOf } from './payloads';
import { type PublishOptions, readPublishOptions } from './publish-options';
import { explain } from './refusal';

/** `npm run nats:publish`: publishes, waits for the server's ack of each message, and ends. */
function publish(options: PublishOptions): void {
  const { url, clusterId, clientId, channel, source, rate, force } = options;
  const stopped = new AbortController();
  onStop(() => stopped.abort());
  if (source !== 'stdin' && !force) checkAll(channel, payloadsOf(source));
  let [published, refused] = [0, 0];

  const stan = connect(clusterId, clientId, { url, maxReconnectAttempts: 10, reconnectTimeWait: 1_000 });
  stan.on('connect', () => void publishAll());
  stan.on('disconnect', () => tell('the connection is cut'));
  stan.on('reconnect', () => tell('connected again'));
  stan.on('connection_lost', fail);
  stan.on('error', fail);
  stan.on('close', () => fail('the connection is closed, and the server did not come back'));

  async function publishAll(): Promise<void> {
    const payloads = source === 'stdin' ? payloadsFrom(process.stdin, stopped.signal) : payloadsOf(source);
    let due = performance.now();
    for await (const payload of payloads) {
      if (rate !== undefined) await sleep(due - performance.now(), undefined, stopped).catch(() => undefined);
      if (stopped.signal.aborted) break;
      due += 1_000 / (rate ?? Infinity);
      await publishOne(payload);
    }
    stan.removeAllListeners('close');
    stan.on('close', () => exitWith(refused > 0 ? 1 : 0, `${published} published, connection closed`));
    stan.close();
  }

  /** Resolves when the server has stored the message. By the guid the client knows which message an ack is for. */
  function publishOne({ text, place }: Payload): Promise<void> {
    const event = force ? { ok: true as const, payload: text } : checkEvent(channel, text);
    if (!event.ok) {
      refused += 1;
      tell(`${place} is not published, it breaks the contract of ${channel}: ${event.problems}`);
      return Promise.resolve();
    }
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
