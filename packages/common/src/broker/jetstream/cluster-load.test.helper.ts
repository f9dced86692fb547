import type { JetStreamNode } from '@ticketing/servers';
import { QUICK, waitFor } from '@ticketing/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker } from '../port';
import { type Field, IN_TIME, member, publishUntilStored } from './field.test.helper';

const LANES = 8;
const PAUSE_MS = 10;

/** Longest times (ms) without an ack, and without a new message for a group. */
export interface Gaps {
  readonly acks: number;
  readonly groups: readonly number[];
}

/** Publishes all the time, each message until it is stored, while two groups consume. */
export class ClusterLoad {
  readonly stored: string[] = [];
  private readonly storedAt: number[] = [];
  private readonly groups: {
    readonly gotAt: number[];
    readonly has: (wanted: readonly string[]) => Promise<unknown>;
  }[];
  private readonly lanes: Promise<unknown>;
  private isOver = false;

  constructor(
    private readonly field: Field,
    publisher: Broker,
    private readonly consumers: readonly [Broker, Broker],
  ) {
    this.groups = consumers.map((broker, n) => {
      const gotAt: number[] = [];
      const { has } = member(
        broker,
        { channel: field.channel, group: `${field.group}-${n}` },
        { ackWaitMs: 2_000 },
        (message) => {
          if (!message.redelivered) gotAt.push(performance.now());
          message.ack();
        },
      );
      return { gotAt, has };
    });
    this.lanes = Promise.all(Array.from({ length: LANES }, (_, lane) => this.publishAll(publisher, lane)));
  }

  private async publishAll(publisher: Broker, lane: number): Promise<void> {
    for (let n = 0; !this.isOver; n += 1) {
      await publishUntilStored(publisher, this.field.channel, `${lane}-${n}`);
      this.storedAt.push(performance.now());
      this.stored.push(`${lane}-${n}`);
      await sleep(PAUSE_MS);
    }
  }

  /** Resolves when messages are stored again, and both groups get them again. */
  async goesOn(): Promise<void> {
    const all = [this.storedAt, ...this.groups.map(({ gotAt }) => gotAt)];
    const before = all.map(({ length }) => length);
    const goOn = () => all.every(({ length }, n) => length > (before[n] ?? 0) + 10 * LANES);
    await waitFor(goOn, { ...IN_TIME, what: 'the load to go on' });
  }

  /** Since then (performance.now()), up to now. */
  gapsSince(since: number): Gaps {
    return { acks: longestGap(this.storedAt, since), groups: this.groups.map(({ gotAt }) => longestGap(gotAt, since)) };
  }

  /** Ends it. Resolves with what was stored, and is not in the channel; each group has got all that was stored then. */
  async end(): Promise<readonly string[]> {
    this.isOver = true;
    await this.lanes;
    for (const { has } of this.groups) await has(this.stored);
    const there = new Set<string>();
    for await (const { payload } of this.consumers[0].readAll(this.field.channel)) there.add(payload);
    return this.stored.filter((one) => !there.has(one));
  }
}

/** A load on a cluster of its own, each client with its own connection. */
export async function loadedCluster(field: Field) {
  const cluster = await field.cluster({ config: 'lame_duck_duration: "30s"\nlame_duck_grace_period: "1s"' });
  const [publisher, one, two] = [
    await field.connected(cluster.url, QUICK),
    await field.connected(cluster.url, QUICK),
    await field.connected(cluster.url, QUICK),
  ];
  const load = new ClusterLoad(field, publisher, [one, two]);
  await load.goesOn();
  return { cluster, load };
}

/** Starts a server again, and resolves when it has caught up with the others. */
export async function isBack(node: JetStreamNode): Promise<void> {
  await node.up();
  const isHealthy = async () => (await fetch(`${node.monitorUrl}/healthz`)).ok;
  await waitFor(isHealthy, { ...IN_TIME, everyMs: 100, what: `${node.name} to catch up` });
}

/** Prints figures of this run, which depend on the machine. */
export function print(what: string, gaps: readonly Gaps[]): void {
  const seconds = (times: readonly number[]) =>
    [Math.min(...times), median(times), Math.max(...times)].map((ms) => (ms / 1_000).toFixed(2)).join(' / ');
  const [acks, groups] = [seconds(gaps.map((each) => each.acks)), seconds(gaps.flatMap((each) => each.groups))];
  process.stderr.write(`${what} (s, least / median / most): no ack ${acks}, no message for a group ${groups}\n`);
}

export function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

function longestGap(times: readonly number[], since: number): number {
  let [last, longest] = [since, 0];
  for (const at of [...times.filter((time) => time > since), performance.now()]) {
    longest = Math.max(longest, at - last);
    last = at;
  }
  return longest;
}
