import { type Connection, Schema } from 'mongoose';
import { createPublisher, type Publisher } from './publisher';
import type { StateOf } from '../events/contracts';
import { createLogger } from '../runtime/logger';
import { createMetrics, type Metrics } from '../runtime/metrics';
import { testBroker, testConnection, type TestServers, testServers } from '@ticketing/testing';
import type { OutboxEntry, Stored } from './entry';
import { ownedAggregate, type OwnedDocument, type OwnedModel } from './owned-aggregate';
import { Relay } from './relay';
import type { Broker } from '../broker/port';

export interface Thing {
  title: string;
  price: number;
}
export type ThingModel = OwnedModel<Thing>;

export function thingState(thing: Stored<Thing>, version: number): StateOf<'ticket:updated'> {
  return { id: String(thing._id), version, title: thing.title, price: thing.price, userId: 'u1' };
}

/**
 * An owned aggregate of the tests. On the wire it is a ticket, because only events with a contract can be published.
 */
export function thingModel(connection: Connection, beforeWrite?: (id: unknown) => Promise<unknown>): ThingModel {
  const schema = new Schema({ title: String, price: Number }, { timestamps: true });
  ownedAggregate<Thing>(schema, { state: thingState });
  if (beforeWrite)
    schema.pre('save', async function () {
      await beforeWrite(this._id);
    });
  return connection.model('Thing', schema, 'things') as unknown as ThingModel;
}

export function newThing(model: ThingModel, title = 'title'): OwnedDocument<Thing> {
  const thing = new model({ title, price: 10 });
  thing.record('ticket:created');
  return thing;
}

/** The raw document of a thing. */
export interface StoredThing extends Thing {
  version: number;
  outbox: OutboxEntry[];
}

export async function stored(model: ThingModel, _id: unknown): Promise<StoredThing> {
  const found = await model.collection.findOne<StoredThing>({ _id: _id as never });
  if (!found) throw new Error(`there is no thing ${String(_id)}`);
  return found;
}

/** Unpublished events of all things. */
export async function pendingCount(model: ThingModel): Promise<number> {
  const things = await model.collection.find<StoredThing>({}, { projection: { outbox: 1 } }).toArray();
  return things.reduce((sum, { outbox }) => sum + outbox.length, 0);
}

export interface OwnerOptions {
  readonly databaseUri: string;
  readonly channelPrefix: string;
  readonly servers?: TestServers;
  /** Default 100 ms. */
  readonly sweepMs?: number;
  /** Puts something between the relay and the real publisher, such as a crash. */
  readonly around?: (publisher: Publisher) => Publisher;
}

/** One process's part of a service that owns things: a model on a connection of its own, a broker, and the relay. */
export interface Owner {
  readonly connection: Connection;
  readonly model: ThingModel;
  readonly broker: Broker;
  readonly metrics: Metrics;
  readonly relay: Relay;
  /** The messages that it logged at info and above. */
  readonly said: string[];
  /** In the order of a service that ends. */
  close(): Promise<void>;
}

export async function startOwner(options: OwnerOptions): Promise<Owner> {
  const { databaseUri, channelPrefix, servers = testServers(), sweepMs = 100, around = (same) => same } = options;
  const said: string[] = [];
  const destination = { write: (line: string) => void said.push((JSON.parse(line) as { msg: string }).msg) };
  const logger = createLogger({ name: 'owner', level: 'info', destination });
  const connection = await testConnection(databaseUri);
  const model = thingModel(connection);
  await model.init();
  const broker = await testBroker(channelPrefix, undefined, servers);
  const metrics = createMetrics('owner');
  const publisher = around(createPublisher(broker, metrics, logger));
  const relay = new Relay({ connection, models: [model], publisher, logger, metrics, sweepMs });
  const close = async () => {
    await relay.drain();
    await broker.close();
    await connection.close();
  };
  return { connection, model, broker, metrics, relay, said, close };
}
