import type { Broker } from '@ticketing/common';
import { type BrokerServerOptions, type Engine, type RunningBroker, startBroker, testEngine } from '@ticketing/servers';
import {
  type RacingUpserts,
  startRacingUpserts,
  testBroker,
  testServers,
  uniqueName,
  waitFor,
  newId,
  newMeta,
  TestBed,
} from '@ticketing/testing';
import { ordersConfig } from '@ticketing/orders/dist/config';
import { startOrders } from '@ticketing/orders/dist/service';
import { ticketReplica } from '@ticketing/orders/dist/ticket-replica/ticket';
import { type RebuildOptions, rebuildReplica, type RebuildStep } from './rebuild-replica';

export const versions = (ids: readonly string[], version: number) => Object.fromEntries(ids.map((id) => [id, version]));

/** The real orders service on channels that only it and the rebuild use, and events of tickets made by hand. */
export class RebuildBench {
  private constructor(
    readonly bed: TestBed,
    readonly broker: Awaited<ReturnType<typeof testBroker>>,
    public nats: RunningBroker | undefined,
    /** The address where upserts race, instead of MongoDB itself. */
    readonly racing: RacingUpserts,
  ) {}

  /**
   * @param own options of a server of its own; otherwise on the shared one
   * @param engine of its own server; by default that of the run
   */
  static async open(own?: BrokerServerOptions, engine: Engine = testEngine()): Promise<RebuildBench> {
    const nats = own && (await startBroker(engine, { ...own, env: { ...process.env, NATS_URL: '' } }));
    const racing = await startRacingUpserts(testServers().mongoUrl);
    const servers = {
      ...testServers(),
      mongoUrl: racing.url,
      ...(nats && { engine, natsUrl: nats.url, natsClusterId: nats.clusterId }),
    };
    const bed = await TestBed.open(servers, own ? '' : `${uniqueName()}.`);
    const broker = await testBroker(bed.channelPrefix, undefined, servers);
    // No gap is skipped, so what a rebuild loses stays lost, and shows.
    await bed.start(startOrders, ordersConfig, { env: { EVENT_SWEEP_MS: '50', GAP_PATIENCE_MS: '3600000' } });
    return new RebuildBench(bed, broker, nats, racing);
  }

  async close(): Promise<void> {
    await this.broker.close();
    await this.bed.close();
    await this.racing.close();
    await this.nats?.stop();
  }

  rebuild(options: Partial<RebuildOptions> = {}) {
    return rebuildReplica({ broker: this.broker, connection: this.bed.connection, replica: ticketReplica, ...options });
  }

  publish(id: string, version: number, snapshot = false): Promise<void> {
    return this.bed.publish(version === 0 ? 'ticket:created' : 'ticket:updated', {
      ...{ id, version, title: `v${version}`, price: 10 + version, userId: 'alice' },
      meta: { ...newMeta(), ...(snapshot && { snapshot }) },
    });
  }

  async publishAll(ids: readonly string[], version: number, snapshot = false): Promise<void> {
    await Promise.all(ids.map((id) => this.publish(id, version, snapshot)));
  }

  /** Sells this many tickets, edits each this often, and waits for the replica. Returns their ids. */
  async sell(count: number, edits: number): Promise<string[]> {
    const ids = Array.from({ length: count }, newId);
    for (let version = 0; version <= edits; version += 1) await this.publishAll(ids, version);
    await this.replicaIs(versions(ids, edits));
    return ids;
  }

  get replica() {
    return this.bed.connection.collection<{ version: number; title: string }>('tickets');
  }

  /** The version of each ticket in the replica. */
  async stored(): Promise<Record<string, number>> {
    return Object.fromEntries((await this.replica.find().toArray()).map(({ _id, version }) => [String(_id), version]));
  }

  async replicaIs(wanted: Record<string, number>, timeoutMs = 60_000): Promise<void> {
    const ask = async () => {
      const have = await this.stored();
      const wrong = Object.entries(wanted).filter(([id, version]) => have[id] !== version);
      if (wrong.length > 0) throw new Error(`${wrong.length} are not as wanted, such as ${String(wrong[0])}`);
      return true;
    };
    await waitFor(ask, { timeoutMs });
  }

  count(collection: string): Promise<number> {
    return this.bed.connection.collection(collection).countDocuments();
  }

  /** The collections of rebuilds that did not replace the replica. */
  async leftBehind(): Promise<string[]> {
    const names = (await this.bed.connection.listCollections()).map(({ name }) => name);
    return names.filter((name) => name.startsWith('tickets_rebuild_'));
  }

  /** Call it as the step `swapping` begins. Does one thing right before the swap, and another right after it. */
  async aroundTheSwap(before: () => Promise<void>, after: () => void = () => undefined): Promise<void> {
    const fresh = this.bed.connection.collection((await this.leftBehind())[0] ?? '');
    const rename = fresh.rename.bind(fresh);
    fresh.rename = async (...args) => {
      await before();
      const renamed = await rename(...args);
      after();
      return renamed;
    };
  }

  /**
   * Calls back between the last look at the channel before the swap and the swap itself. What the broker sends to the rebuild from
   * then on stays on the wire until it is told to arrive.
   */
  beforeTheSwap(callback: () => Promise<void>) {
    let arrived: Promise<void> = Promise.resolve();
    let arrive: () => void = () => undefined;
    const { broker } = this;
    const readAll: Broker['readAll'] = async function* (channel, options) {
      for await (const message of broker.readAll(channel, options)) {
        await arrived;
        yield message;
      }
    };
    const before = async () => {
      arrived = new Promise((resolve) => (arrive = resolve));
      await callback();
    };
    return {
      broker: Object.create(broker, { readAll: { value: readAll } }) as Broker,
      onStep: (step: RebuildStep) => (step === 'swapping' ? this.aroundTheSwap(before) : undefined),
      arrive: () => arrive(),
    };
  }
}
