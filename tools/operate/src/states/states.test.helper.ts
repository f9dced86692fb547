import { type Broker, encodeEvent, replica, type StateStream, type Subject } from '@ticketing/common';
import { ticketReplica } from '@ticketing/orders/dist/ticket-replica/ticket';
import { type Restartable, restartableJetStream } from '@ticketing/servers';
import { asOperator, dropAndClose, newId, newMeta, testBroker, testConnection } from '@ticketing/testing';
import type { Connection } from 'mongoose';
import { type RebuildOptions, rebuildReplica } from '../rebuild/rebuild-replica';
import { completeStates, statesAbout } from './complete-states';
import { type ProjectOptions, projectStates } from './project-states';

export const SUBJECTS: readonly Subject[] = ticketReplica.subjects;

/** A JetStream of its own, events of tickets made by hand, their states, and a replica of them. */
export class StatesBench {
  private constructor(
    readonly server: Restartable,
    readonly broker: Broker,
    readonly connection: Connection,
    readonly states: StateStream,
  ) {}

  static async open(): Promise<StatesBench> {
    const server = await restartableJetStream();
    const servers = { engine: 'jetstream', natsUrl: server.url, natsClusterId: '' } as const;
    const [broker, connection] = await Promise.all([testBroker('', undefined, servers), testConnection()]);
    const states = statesAbout(broker, SUBJECTS);
    if (!states) throw new Error('no JetStream');
    return new StatesBench(server, broker, connection, states);
  }

  async close(): Promise<void> {
    await this.broker.close();
    await dropAndClose(this.connection);
    await this.server.remove();
  }

  async publishVersions(id: string, ...list: readonly number[]): Promise<void> {
    for (const version of list) await this.publishState(id, version);
  }

  /** @param other fields than those of its version */
  async publishState(id: string, version: number, other: { title?: string; meta?: object } = {}): Promise<void> {
    const state = {
      id,
      version,
      title: `v${version}`,
      price: 10 + version,
      userId: 'alice',
      meta: newMeta(),
      ...other,
    };
    const subject = version === 0 ? 'ticket:created' : 'ticket:updated';
    await this.broker.publish(subject, encodeEvent(subject, state as never), { aggregate: id });
  }

  /** So many tickets, each edited so often. Returns their ids. */
  async publish(count: number, edits: number): Promise<string[]> {
    const ids = Array.from({ length: count }, newId);
    for (let version = 0; version <= edits; version += 1) {
      await Promise.all(ids.map((id) => this.publishVersions(id, version)));
    }
    return ids;
  }

  project(options: Partial<ProjectOptions> = {}) {
    const { broker, states } = this;
    return projectStates({ broker, states, subjects: SUBJECTS, ...options });
  }

  /** From the states, if no others are given. */
  async rebuild(options: Partial<RebuildOptions> = {}) {
    const { broker, connection } = this;
    const complete = await completeStates(broker, this.states, SUBJECTS);
    if (typeof complete === 'string' && !('states' in options)) throw new Error(complete);
    const states = typeof complete === 'string' ? undefined : complete;
    return rebuildReplica({ broker, connection, replica: ticketReplica, states, ...options });
  }

  /** A replica for which a ticket with this title has ended. */
  copies(title: string) {
    const state = (event: { readonly title: string }) => (event.title === title ? undefined : { title: event.title });
    return replica({ subjects: ['ticket:created', 'ticket:updated'], collection: 'copies', state });
  }

  get replica() {
    return this.connection.collection<{ version: number }>('tickets');
  }

  documents(): Promise<{ readonly _id: unknown; readonly version: number }[]> {
    return this.replica.find().sort({ _id: 1 }).toArray();
  }

  /** The version of each aggregate in the replica. */
  async stored(): Promise<Record<string, number>> {
    return Object.fromEntries((await this.documents()).map(({ _id, version }) => [String(_id), version]));
  }

  /** The version of each state. */
  async statesThere(): Promise<Record<string, number>> {
    const there: Record<string, number> = {};
    for await (const { id, version } of this.states.read()) there[id] = version;
    return there;
  }

  /** Removes the state of an aggregate. */
  purge(id: string) {
    const filter = `ticketing.ticket.${id}`;
    return asOperator(this.server.url, ({ streams }) => streams.purge('ticketing-ticket-states', { filter }));
  }

  /** Removes all messages of a channel but the newest ones. */
  trim(channel: Subject, keep: number) {
    const filter = `ticketing.${channel.replace(':', '.*.')}`;
    return asOperator(this.server.url, ({ streams }) => streams.purge('ticketing', { filter, keep }));
  }

  /** How often a state was put. */
  async writes(): Promise<number> {
    const { state } = await asOperator(this.server.url, ({ streams }) => streams.info('ticketing-ticket-states'));
    return state.last_seq;
  }
}
