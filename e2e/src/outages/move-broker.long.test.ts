import { type Broker, contracts, decodeEvent, type EngineName, sleep, type Subject } from '@ticketing/common';
import { auditUntilQuiet, type Promised } from '@ticketing/operate';
import { type Restartable, restartableJetStream, restartableNats, testEngine } from '@ticketing/servers';
import { type ServiceName, serviceNames } from '@ticketing/services';
import type { ServiceProcess } from '@ticketing/start';
import { silentLogger, testBroker } from '@ticketing/testing';
import { promiseOf } from '../faults/promises';
import { type BridgeProcess, type Side, startBridge } from '../system/bridge.helper';
import { type Answered, MixedLoad } from '../system/mixed-load.helper';
import { TestSystem } from '../system/system.helper';

/** A load balancer needs so long (ms) to notice a pod that was killed, or that leaves. */
const NOTICED_MS = 1_000;

let system: TestSystem;
let other: Restartable;
let old: Side;
let next: Side;
let move: Move;
const brokers: Broker[] = [];

beforeAll(async () => {
  const from = testEngine();
  const to: EngineName = from === 'jetstream' ? 'streaming' : 'jetstream';
  [system, other] = await Promise.all([
    TestSystem.open(),
    to === 'jetstream' ? restartableJetStream() : restartableNats(),
  ]);
  old = { engine: from, url: system.nats.url };
  next = { engine: to, url: other.url };
});
afterAll(async () => {
  await (move as Move | undefined)?.end();
  await Promise.all(brokers.map((broker) => broker.close()));
  await system.close();
  await other.remove();
});

/** The load on a system that moves, and everything that is killed meanwhile. */
class Move {
  readonly answers: Answered[] = [];
  readonly promises: Promised[] = [];
  readonly load: MixedLoad;
  kills = 0;
  /** From when to when (ms since 1970) a killed service may cost an answer. */
  private readonly serviceKills: { readonly from: number; readonly to: number }[] = [];
  private bridge: BridgeProcess;
  private stopping = false;

  constructor() {
    this.load = new MixedLoad({ url: system.url, pauseMs: 100, onAnswer: (answered) => this.note(answered) });
    this.bridge = this.runBridge();
  }

  /** However it ends, it is started again, as a Job does. */
  private runBridge(): BridgeProcess {
    const bridge = startBridge(old, next);
    void bridge.ended.then(() => {
      if (!this.stopping) this.bridge = this.runBridge();
    });
    return bridge;
  }

  private note(answered: Answered): void {
    this.answers.push(answered);
    const promised = promiseOf(answered);
    if (promised) this.promises.push(promised);
  }

  async killBridge(): Promise<void> {
    await this.bridge.kill();
    this.kills += 1;
  }

  async killBroker(server: Pick<Restartable, 'down' | 'up'>): Promise<void> {
    await server.down();
    this.kills += 1;
    await sleep(300);
    await server.up();
  }

  async killService(service: ServiceProcess): Promise<void> {
    const from = Date.now();
    await service.kill();
    this.kills += 1;
    this.serviceKills.push({ from, to: Date.now() + NOTICED_MS });
  }

  /** As a rolling restart ends a pod. */
  async stopService(name: ServiceName, service: ServiceProcess): Promise<void> {
    system.route(name, service, false);
    await sleep(NOTICED_MS);
    expect(await service.stop()).toBe(0);
  }

  /** Answers of 5xx, or none, that no killed service explains. */
  get unexplained(): Answered[] {
    const failed = this.answers.filter(({ status }) => status === 0 || status >= 500);
    return failed.filter(({ at, ms }) => !this.serviceKills.some(({ from, to }) => at <= to && at + ms >= from));
  }

  /** Resolves with the exit code of the bridge. Idempotent. */
  async end(): Promise<number | null> {
    this.stopping = true;
    const [{ code }] = await Promise.all([this.bridge.ended, this.bridge.stop(), this.load.end()]);
    return code;
  }
}

async function connect({ engine, url }: Side): Promise<Broker> {
  const broker = await testBroker('', silentLogger(), { engine, natsUrl: url, natsClusterId: 'ticketing' });
  brokers.push(broker);
  return broker;
}

/** Each event that a broker holds, by channel, aggregate and version. */
async function eventsIn(broker: Broker): Promise<Set<string>> {
  const events = new Set<string>();
  for (const subject of Object.keys(contracts) as Subject[]) {
    for await (const message of broker.readAll(subject)) {
      const decoded = decodeEvent(subject, message);
      if (decoded.ok) events.add(`${subject} ${decoded.event.id} ${decoded.event.version}`);
    }
  }
  return events;
}

test('a system moves to another broker under load and kills, by the steps of docs/runbook.md', async () => {
  const onOld = await Promise.all(serviceNames.flatMap((name) => [system.start(name), system.start(name)]));
  const [tickets1, tickets2, orders1, orders2] = onOld as [
    ServiceProcess,
    ServiceProcess,
    ServiceProcess,
    ServiceProcess,
  ];
  const startNext = (name: ServiceName) => system.start(name, { BROKER: next.engine, NATS_URL: next.url });
  move = new Move();
  await move.load.untilCancelled(10);

  // The bridge runs.
  for (const server of [system.nats, other, system.nats]) {
    await move.killBridge();
    await move.killBroker(server);
    await move.load.untilCancelled(5);
  }

  // One pod after the other starts on the new broker, and one on the old broker leaves.
  let tickets = await startNext('tickets');
  await move.killBridge();
  await move.stopService('tickets', tickets1);
  let orders = await startNext('orders');
  await move.killService(orders1);
  await move.killBridge();
  for (let turn = 0; turn < 2; turn += 1) {
    await move.killBroker(other);
    await move.killService(tickets);
    await move.killService(orders);
    await move.killBridge();
    [tickets, orders] = await Promise.all([startNext('tickets'), startNext('orders')]);
    await move.killBroker(system.nats);
    await move.load.untilCancelled(5);
  }
  await move.killService(tickets2);
  await move.killBridge();
  await move.stopService('orders', orders2);

  // Nobody publishes to the old broker any more: until it is dry.
  await move.killBroker(other);
  await move.killBridge();
  await move.load.untilCancelled(5);
  const untilDry = startBridge(old, next, '--until-dry');
  const deadline = setTimeout(() => void untilDry.kill(), 90_000);
  const said = await untilDry.ended;
  clearTimeout(deadline);
  expect(said).toMatchObject({ code: 0, last: { dry: true, missing: 0 }, stderr: '' });
  expect(await move.end()).toBe(0);

  const [before, after] = [await eventsIn(await connect(old)), await eventsIn(await connect(next))];
  expect([...before].filter((event) => !after.has(event))).toEqual([]);
  expect(before.size).toBeGreaterThan(100);
  expect(after.size).toBeGreaterThan(before.size);
  const broker = brokers[1] as Broker;
  const { promises } = move;
  const report = await auditUntilQuiet({ ...system.databases, broker, promises }, { settleMs: 60_000 });
  expect(report.disagreements).toEqual([]);
  expect(report.compared.promises).toBeGreaterThan(50);
  expect(move.unexplained).toEqual([]);
  expect(move.kills).toBeGreaterThanOrEqual(20);
}, 300_000);
