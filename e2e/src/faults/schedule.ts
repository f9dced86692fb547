import { type Random, seededRandom } from '@ticketing/testing';
import type { ServiceName } from '../system/system.helper';

/** Processes that faults can hit: two members of each service's queue group. */
export const SLOTS = ['tickets-1', 'tickets-2', 'orders-1', 'orders-2'] as const;
export type Slot = (typeof SLOTS)[number];

/** The service whose member it is. */
export function serviceOf(slot: Slot): ServiceName {
  return slot.startsWith('tickets') ? 'tickets' : 'orders';
}

/** A fault of a shared server, of a process of a service, or of its connection to the broker. */
const SERVER_FAULTS = ['nats-killed', 'nats-away', 'mongo-killed', 'store-lost'] as const;
const PROCESS_FAULTS = ['service-killed', 'process-paused'] as const;
const WIRE_FAULTS = ['connections-cut', 'connections-delayed'] as const;
export const FAULT_KINDS = [...SERVER_FAULTS, ...PROCESS_FAULTS, ...WIRE_FAULTS] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Of three servers of the broker: the one that leads the stream, one that does not, or both, and with them the majority. */
export const HIT_NODES = ['leader', 'follower', 'majority'] as const;
export type HitNodes = (typeof HIT_NODES)[number];

interface When {
  /** When it begins (ms after the beginning of the load). */
  readonly at: number;
  /** How long it lasts until it is healed (ms), without the time for healing. */
  readonly forMs: number;
}

export type Fault = When &
  (
    | { readonly kind: 'mongo-killed' }
    /** Without `nodes` the broker is one server. */
    | { readonly kind: 'nats-killed' | 'nats-away'; readonly nodes?: HitNodes }
    /** The disk of each server is lost: after `reEmitAfterMs` with the new, empty store both owners re-emit. */
    | { readonly kind: 'store-lost'; readonly reEmitAfterMs: number }
    /** `hands full`: MongoDB hangs for a moment first, so that the process dies in the middle of its work. */
    | { readonly kind: 'service-killed'; readonly slot: Slot; readonly handsFull: boolean }
    | { readonly kind: 'process-paused'; readonly slot: Slot }
    /** Reset and refused, or silent: open, but nothing that the broker says arrives; cut when it is healed. */
    | { readonly kind: 'connections-cut'; readonly slot: Slot; readonly how: 'reset' | 'silent' }
    | { readonly kind: 'connections-delayed'; readonly slot: Slot; readonly delayMs: number }
  );

/** A fault as it really happened (ms since 1970). */
export interface Happened {
  readonly fault: Fault;
  readonly from: number;
  /** Healed: the process is ready again, the server takes connections, the re-emission is done. */
  readonly to: number;
  /** Of a kill: when the process was gone. */
  readonly goneAt?: number;
  /** What there is to say of it. */
  readonly note: string;
}

/** How long MongoDB hangs (ms), so that a process cannot finish what it takes in. */
export const HANDS_FULL_MS = 400;

export interface Schedule {
  readonly seed: number;
  /** The load goes on this long (ms), and until the last fault is healed. */
  readonly loadMs: number;
  /** Of servers, of processes, of wires. Faults of one track follow each other; those of different tracks overlap. */
  readonly tracks: readonly (readonly Fault[])[];
}

export interface ScheduleOptions {
  readonly seed: number;
  /** How long the load should go on (ms). A schedule in which the kinds do not fit takes longer. */
  readonly loadMs: number;
  readonly kinds?: readonly FaultKind[];
  /** How many servers the broker is; by default one. */
  readonly nodes?: 1 | 3;
  /** How long each fault lasts, at least and at most (ms). */
  readonly durations?: Durations;
}

export type Durations = Readonly<Record<FaultKind | 'gap', readonly [from: number, to: number]>>;

/** A pause is longer than the ack wait of the tests, 2 s; the longest pauses and cuts outlive the patience of broker and client. */
export const LONG: Durations = {
  'nats-killed': [200, 3_000],
  'nats-away': [20_000, 20_000],
  'mongo-killed': [500, 5_000],
  'store-lost': [200, 3_000],
  'service-killed': [0, 4_000],
  'process-paused': [3_000, 20_000],
  'connections-cut': [500, 16_000],
  'connections-delayed': [2_000, 10_000],
  gap: [1_000, 4_000],
};

/** For a run of half a minute. */
export const SHORT: Durations = {
  'nats-killed': [200, 500],
  'nats-away': [4_000, 4_000],
  'mongo-killed': [300, 800],
  'store-lost': [200, 500],
  'service-killed': [0, 500],
  'process-paused': [3_000, 4_000],
  'connections-cut': [1_000, 2_000],
  'connections-delayed': [2_000, 3_000],
  gap: [500, 1_000],
};

/** An estimate, for planning only, of how long a restart or a re-emission takes (ms). */
const HEALING_MS = 2_000;
/** How long the load goes on after the last fault (ms). */
const TAIL_MS = 2_000;

/**
 * Plans what is done when, from the seed alone. Every kind occurs at least once. At any time at most one server, one
 * process and one connection is at fault. So the other process of the service can answer, and a re-emission after a
 * lost store finds both servers.
 * @throws Error without any kind
 */
export function makeSchedule(options: ScheduleOptions): Schedule {
  const { seed, loadMs, kinds = FAULT_KINDS, nodes = 1, durations = LONG } = options;
  if (kinds.length === 0) throw new Error('a schedule needs at least one kind of fault');
  const random = seededRandom(seed);
  const track = (wanted: readonly FaultKind[]) => {
    const faults: Fault[] = [];
    if (wanted.length === 0) return faults;
    let at = random.between(...durations.gap);
    for (let rest = random.shuffled(wanted), first = true; ; rest = random.shuffled(wanted), first = false) {
      for (const kind of rest) {
        const fault = newFault(kind, Math.round(at), random, { durations, nodes });
        const ends = at + fault.forMs + HEALING_MS + (fault.kind === 'store-lost' ? fault.reEmitAfterMs : 0);
        // After one fault of each kind, more only as long as there is time.
        if (!first && ends > loadMs - TAIL_MS) return faults;
        faults.push(fault);
        at = ends + random.between(...durations.gap);
      }
    }
  };
  const tracks = [SERVER_FAULTS, PROCESS_FAULTS, WIRE_FAULTS];
  return { seed, loadMs, tracks: tracks.map((of) => track(of.filter((kind) => kinds.includes(kind)))) };
}

function newFault(
  kind: FaultKind,
  at: number,
  random: Random,
  { durations, nodes }: Required<Pick<ScheduleOptions, 'durations' | 'nodes'>>,
): Fault {
  const when = { at, forMs: Math.round(random.between(...durations[kind])) };
  switch (kind) {
    case 'nats-killed':
    case 'nats-away':
      return { ...when, kind, ...(nodes === 3 && { nodes: random.pick(HIT_NODES) }) };
    case 'mongo-killed':
      return { ...when, kind };
    case 'store-lost':
      return { ...when, kind, reEmitAfterMs: Math.round(random.between(...durations.gap)) };
    case 'service-killed':
      return { ...when, kind, slot: random.pick(SLOTS), handsFull: random.chance(0.5) };
    case 'process-paused':
      return { ...when, kind, slot: random.pick(SLOTS) };
    case 'connections-cut':
      return { ...when, kind, slot: random.pick(SLOTS), how: random.pick(['reset', 'silent'] as const) };
    case 'connections-delayed':
      return { ...when, kind, slot: random.pick(SLOTS), delayMs: Math.round(random.between(50, 1_500)) };
  }
}

/** In one line, for people. */
export function describeFault(fault: Fault): string {
  const { kind, at, forMs, ...facts } = fault;
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  const details = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  return [`${kind} at ${seconds(at)} for ${seconds(forMs)}`, ...details].join(', ');
}
