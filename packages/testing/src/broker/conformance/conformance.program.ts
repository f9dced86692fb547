import { setTimeout as sleep } from 'node:timers/promises';
import { type Broker, createBroker, createLogger } from '@ticketing/common';
import { startTcpProxy } from '../../network/tcp-proxy';
import { type BrokerSettings, PATIENT, QUICK } from './engine';

interface Told {
  readonly task: string;
  readonly channel: string;
  readonly group: string;
  readonly settings: BrokerSettings;
}

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Receives messages, acks none, and runs until it is killed. */
function hold(broker: Broker, { channel, group }: Told): void {
  broker.consume(channel, { group, ackWaitMs: 1_000, maxInFlight: 64 }, ({ payload }) => say(payload));
}

/** Uses everything once, while the broker is there. */
async function use(broker: Broker, { channel, group }: Told): Promise<void> {
  let called: () => void = () => undefined;
  const connected = new Promise<void>((resolve) => (called = resolve));
  const forget = broker.onConnected(() => called());
  const options = { group, ackWaitMs: 1_000, maxInFlight: 64 };
  const subscription = broker.consume(channel, options, (message) => message.ack());
  await Promise.all([connected, subscription.ready]);
  await broker.publish(channel, 'one', { id: 'one' });
  await broker.publish(channel, 'two');
  for await (const { payload } of broker.readAll(channel)) if (payload === 'one') break; // early, as somebody may
  await broker.extent(channel);
  await broker.lossSince(channel, undefined);
  await subscription.close();
  await broker.forgetGroup(channel, group);
  forget();
}

/** What the process would wait for: sockets, timers. */
const active = () => process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap');

async function main(told: Told): Promise<void> {
  let connections = 0;
  const proxy = await startTcpProxy(told.settings.url, () => {
    connections += 1;
    return () => undefined;
  });
  const isSilent = told.task === 'silent';
  proxy.swallowReplies = isSilent;
  const url = new URL(told.settings.url);
  url.host = `127.0.0.1:${proxy.port}`;
  const [before, events] = [active().length, process.eventNames().length];
  const logger = createLogger({ name: 'conformance', level: 'silent' });
  const isPatient = ['hold', 'use'].includes(told.task);
  const patience = isPatient ? { ...PATIENT, timeoutMs: 60_000 } : { ...QUICK, timeoutMs: isSilent ? 200 : 2_000 };
  const settings = { ...told.settings, ...patience, url: url.href };
  const broker = createBroker({ ...settings, clientIdPrefix: 'conformance', logger });
  if (told.task === 'hold') return hold(broker, told);
  if (told.task === 'away')
    broker.consume(told.channel, { ...told, ackWaitMs: 1_000, maxInFlight: 1 }, () => undefined);
  else if (isSilent) while (connections < 3) await sleep(20);
  else await use(broker, told);
  if (told.task === 'unanswered') {
    proxy.swallowReplies = true; // a client without an answer is given up, which takes a moment
    await broker.forgetGroup(told.channel, told.group).catch(() => undefined);
  }
  await broker.close();
  const timers = active().filter((name) => name === 'Timeout');
  await broker.close();
  // A socket that is closed takes a moment.
  for (let looks = 0; active().length > before && looks < 50; looks += 1) await sleep(20);
  const left = [...timers, ...active().slice(before), ...process.eventNames().slice(events)];
  say(`left: ${left.map(String).join()}`);
  await proxy.close();
}

main(JSON.parse(process.argv[2] ?? '') as Told).catch((error: unknown) => {
  say(`failed: ${String(error)}`);
  process.exitCode = 1;
});
