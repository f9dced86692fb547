import { connect } from 'node-nats-streaming';

/** The options on the program's command line, as JSON. */
export interface Told {
  readonly url: string;
  readonly clusterId: string;
  readonly id: string;
  readonly channel: string;
  readonly group?: string;
  readonly durable?: string;
  readonly maxInFlight?: number;
}

/**
 * A listener that acks nothing, and keeps its durable's position when it is asked to end. Prints "ready" when it
 * subscribes.
 */
const told = JSON.parse(process.argv[2] ?? '') as Told;
const stan = connect(told.clusterId, told.id, { url: told.url });
stan.once('connect', () => {
  const options = stan.subscriptionOptions().setDeliverAllAvailable().setManualAckMode(true).setAckWait(60_000);
  options.setMaxInFlight(told.maxInFlight ?? 100);
  if (told.durable !== undefined) options.setDurableName(told.durable);
  const { group } = told;
  const subscription =
    group === undefined ? stan.subscribe(told.channel, options) : stan.subscribe(told.channel, group, options);
  subscription.once('ready', () => process.stdout.write('ready\n'));
  process.once('SIGTERM', () => {
    subscription.once('closed', () => stan.close());
    subscription.close();
  });
});
