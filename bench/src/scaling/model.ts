/** CPU time (ms) that each part spends on one ticket, from its POST to its replica. */
export interface Costs {
  readonly tickets: number;
  readonly orders: number;
  readonly mongo: number;
  readonly nats: number;
  /** The ingress and the clients, where they share the machine. */
  readonly load: number;
}

/** What a deployment has: processes of one core each, and the cores of the servers. */
export interface Deployment {
  readonly tickets: number;
  readonly orders: number;
  readonly mongoCores: number;
  readonly brokers: number;
}

export interface Capacity {
  /** Tickets a second, created and replicated. */
  readonly perSecond: number;
  /** The part that reaches its limit first. */
  readonly limit: 'tickets' | 'orders' | 'MongoDB' | 'the broker' | 'this machine';
}

/** What each further process of each service adds to the costs where cores are shared. Fitted to docs/scaling.json. */
const CROWDING = 0.15;

/**
 * The rate on one machine whose cores all parts share. More processes of each service share the same cores, at a price.
 * `costs` are those with one process of each; `busy` is the fraction of the cores' time that is used under load.
 */
export function onOneMachine(costs: Costs, cores: number, busy = 1, processes = 1): Capacity {
  const each = costs.tickets + costs.orders + costs.mongo + costs.nats + costs.load;
  return { perSecond: (1_000 * cores * busy) / (each * (1 + CROWDING * (processes - 1))), limit: 'this machine' };
}

/**
 * The rate with N pods and M brokers when each part has its own cores. The part that reaches its limit first decides. A
 * process of a service uses one core, as Node does; a broker uses one for the path of a message. Brokers count when
 * the messages are divided among them, as channels of NATS Streaming or streams of JetStream can be; servers that all
 * store every message add safety, not speed.
 */
export function inACluster(costs: Costs, deployment: Deployment): Capacity {
  const { tickets, orders, mongoCores, brokers } = deployment;
  const rates: Capacity[] = [
    { limit: 'tickets', perSecond: (1_000 * tickets) / costs.tickets },
    { limit: 'orders', perSecond: (1_000 * orders) / costs.orders },
    { limit: 'MongoDB', perSecond: (1_000 * mongoCores) / costs.mongo },
    { limit: 'the broker', perSecond: (1_000 * brokers) / costs.nats },
  ];
  return rates.reduce((least, rate) => (rate.perSecond < least.perSecond ? rate : least));
}

/** Changes a second of one aggregate: each waits for the one before, however many processes there are. */
export function ofOneAggregate(writeMs: number): number {
  return 1_000 / writeMs;
}
