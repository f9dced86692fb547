import { deadLetterStore, encodeEvent, type StateOf, type Subject } from '@ticketing/common';
import { waitFor, newMeta } from '@ticketing/testing';
import { type mongo, Types } from 'mongoose';
import type { OperatedSystem } from '../operated-system.test.helper';
import { type OrderDocument, publicOrder, publicTicket, type TicketDocument } from './documents';

export type Change = mongo.UpdateFilter<mongo.BSON.Document>;

/** The ways to corrupt a system without its services. */
export class Corrupter {
  constructor(readonly system: OperatedSystem) {}

  readonly ticket = (id: string, change: Change) => this.change('tickets', 'tickets', id, change);
  readonly replica = (id: string, change: Change) => this.change('orders', 'tickets', id, change);
  readonly order = (id: string, change: Change) => this.change('orders', 'orders', id, change);
  readonly refusal = (id: string, change: Change) => this.change('orders', 'payment_refusals', id, change);

  /** A payment that was refused, of which nobody has heard. */
  async addRefusal(id: string, orderId: string, reason: string): Promise<void> {
    const fields = { orderId: new Types.ObjectId(orderId), amount: 30, reason, version: 0, createdAt: new Date() };
    await this.collection('orders', 'payment_refusals').insertOne({ _id: new Types.ObjectId(id), ...fields });
  }

  async removeRefusal(id: string): Promise<void> {
    await this.collection('orders', 'payment_refusals').deleteOne({ _id: new Types.ObjectId(id) });
  }

  async removeReplica(id: string): Promise<void> {
    await this.collection('orders', 'tickets').deleteOne({ _id: new Types.ObjectId(id) });
  }

  async addReplica(): Promise<void> {
    const state = { version: 0, title: 'never sold', price: 1, userId: 'alice' };
    await this.collection('orders', 'tickets').insertOne({ _id: new Types.ObjectId(), ...state });
  }

  /** An event that no sweep of the service touches, because it will be recorded in an hour. */
  async leaveInOutbox(service: 'tickets' | 'orders', id: string): Promise<void> {
    const entry = { id: newMeta().id, subject: 'ticket:updated', at: new Date(Date.now() + 3_600_000) };
    await this.change(service, service, id, { $set: { outbox: [{ ...entry, event: { id, version: 0 } }] } });
  }

  /** An event that no sweep of the service touches for an hour. */
  async park(id: string): Promise<void> {
    const from = { group: 'orders-service', channel: 'ticket:updated', sequence: 999, storedAt: Date.now() };
    const later = { at: new Date(), notBefore: new Date(Date.now() + 3_600_000) };
    const parked = { version: 99, event: '{}', from, ...later };
    const update = { $push: { parked }, $setOnInsert: { version: -1 } } as object;
    await this.collection('orders', 'tickets').updateOne({ _id: new Types.ObjectId(id) }, update, { upsert: true });
  }

  async giveUp(service: 'tickets' | 'orders'): Promise<void> {
    const channel = service === 'tickets' ? 'order:created' : 'ticket:created';
    const origin = { group: `${service}-service`, channel, sequence: 998, storedAt: Date.now() };
    await deadLetterStore(this.system.databases[service]).put(origin, 'not-json', 'no JSON', 0, 'no JSON');
  }

  /** Changes a ticket and publishes it, as a save of a faulty service would. Resolves when the replica has it. */
  async saveTicket(id: string, fields: object, versions = 1): Promise<void> {
    await this.ticket(id, { $set: fields, $inc: { version: versions } });
    const state = publicTicket((await this.read('tickets', 'tickets', id)) as unknown as TicketDocument);
    await this.publish('ticket:updated', state);
    await waitFor(async () => (await this.read('orders', 'tickets', id))['version'] === state.version);
  }

  async saveOrder(id: string, fields: object): Promise<void> {
    await this.order(id, { $set: fields, $inc: { version: 1 } });
    const state = publicOrder((await this.read('orders', 'orders', id)) as unknown as OrderDocument);
    await this.publish(state.status === 'cancelled' ? 'order:cancelled' : 'order:created', state);
  }

  /** Publishes another event of the ticket's present version. */
  async publishTwin(id: string, fields: object): Promise<void> {
    const state = publicTicket((await this.read('tickets', 'tickets', id)) as unknown as TicketDocument);
    await this.publish('ticket:updated', { ...state, ...fields });
  }

  /** Publishes the ticket's present state again, like a publisher without `meta`. */
  async publishPlain(id: string): Promise<void> {
    const state = publicTicket((await this.read('tickets', 'tickets', id)) as unknown as TicketDocument);
    await this.system.broker.publish('ticket:updated', JSON.stringify(state));
  }

  /** Resolves when the ticket has this state and orders knows it. */
  async untilTicket(id: string, is: (ticket: TicketDocument) => boolean): Promise<void> {
    await waitFor(async () => {
      const ticket = (await this.read('tickets', 'tickets', id)) as unknown as TicketDocument;
      const { version } = await this.read('orders', 'tickets', id);
      return is(ticket) && (ticket.outbox ?? []).length === 0 && version === ticket.version;
    });
  }

  private async publish<S extends Subject>(subject: S, state: StateOf<S>): Promise<void> {
    const event = { ...state, meta: newMeta() } as Parameters<typeof encodeEvent<S>>[1];
    await this.system.broker.publish(subject, encodeEvent(subject, event), { aggregate: event.id });
  }

  private async change(service: 'tickets' | 'orders', collection: string, id: string, change: Change): Promise<void> {
    const { matchedCount } = await this.collection(service, collection).updateOne(
      { _id: new Types.ObjectId(id) },
      change,
    );
    if (matchedCount !== 1) throw new Error(`there is no ${id} in ${collection} of ${service}`);
  }

  private async read(service: 'tickets' | 'orders', collection: string, id: string) {
    const found = await this.collection(service, collection).findOne({ _id: new Types.ObjectId(id) });
    if (!found) throw new Error(`there is no ${id} in ${collection} of ${service}`);
    return found;
  }

  private collection(service: 'tickets' | 'orders', name: string) {
    return this.system.databases[service].collection(name);
  }
}
