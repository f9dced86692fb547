import { milliseconds, multipleOf, renamed, variable, wholeNumber } from './environment';

/**
 * The policies that an operator sets: how often an event is tried, how long it is waited for, how much is in flight, and how often
 * a sweep looks. What depends on what is in docs/concurrency.md.
 */
export function policyConfig() {
  return {
    ackWaitMs: variable(
      'ACK_WAIT_MS',
      milliseconds({ min: 1_000 }).default(30_000),
      'Time after which an event that is not acked is delivered again (ms)',
    ),
    maxInFlight: variable(
      'MAX_IN_FLIGHT',
      wholeNumber({ min: 1, max: 2 ** 31 - 1 }).default(64),
      'Events that the broker delivers to one member before it waits for acks',
    ),
    listenerConcurrency: variable(
      'LISTENER_CONCURRENCY',
      wholeNumber({ min: 1 }).default(16),
      'Events that one process handles at the same time',
    ),
    maxAttempts: renamed(
      'MAX_DELIVERIES',
      variable(
        'MAX_ATTEMPTS',
        wholeNumber({ min: 1 }).default(5),
        'Failures after which an event becomes a dead letter',
      ),
    ),
    // A predecessor that fails once comes again one ack wait later, and one whose next holder dies with it yet another one
    // later: three are the least with which such a predecessor is waited for, not skipped.
    gapPatienceMs: multipleOf(
      { of: 'ACK_WAIT_MS', byDefault: 10, atLeast: 3 },
      'GAP_PATIENCE_MS',
      milliseconds().default(300_000),
      'Time after which a parked event is applied although its predecessors are missing (ms); without it, 10 times ACK_WAIT_MS; at least 3 times',
    ),
    eventSweepMs: variable(
      'EVENT_SWEEP_MS',
      milliseconds().default(1_000),
      'Pause between two sweeps of parked events and redriven dead letters (ms)',
    ),
    outboxSweepMs: variable(
      'OUTBOX_SWEEP_MS',
      milliseconds().default(2_000),
      'Pause between two sweeps for saved events that are not published yet (ms)',
    ),
    reEmitEveryMs: variable(
      'RE_EMIT_EVERY_MS',
      milliseconds({ min: 0 })
        .refine((ms) => ms === 0 || ms >= 1_000, { error: '0, or at least 1000 milliseconds' })
        .default(0),
      'Pause between two re-emissions of what has changed since the one before, such as 300000 (ms); 0: none',
    ),
    publishWindow: variable(
      'PUBLISH_WINDOW',
      wholeNumber({ min: 1, max: 10_000 }).default(256),
      'Events published and not yet acked by the broker; more wait their turn',
    ),
    drainDeadlineMs: variable(
      'DRAIN_DEADLINE_MS',
      milliseconds().default(10_000),
      'Time to finish after SIGTERM; then the process exits with 1 (ms)',
    ),
  } as const;
}

/** Shares of the drain deadline: a server that hangs must not use it up. HTTP comes first and takes what the others leave. */
export const DRAIN_SHARES = {
  sweepers: 0.15,
  listeners: 0.3,
  relay: 0.2,
  broker: 0.12,
  database: 0.08,
  traces: 0.05,
} as const;

/** Pauses (ms) between tries, for `retryWithBackOff`. */
export const BACK_OFF = {
  connectBroker: { firstMs: 100, maxMs: 5_000 },
  /** Before the next client, after one that did not live for `BROKER_WAITS.shortLifeMs`. */
  shortLife: { firstMs: 200, maxMs: 5_000 },
  /** A request for messages that JetStream has forgotten. */
  renewPull: { firstMs: 100, maxMs: 2_000 },
  /** A subscription that the broker refuses. */
  subscribe: { firstMs: 500, maxMs: 30_000 },
  connectDatabase: { firstMs: 250, maxMs: 5_000 },
  startListeners: { firstMs: 250, maxMs: 5_000 },
  /** Between looks at a database that was unavailable. */
  databaseBack: { firstMs: 100, maxMs: 1_000 },
} as const;

/** How long the broker is waited for (ms). */
export const BROKER_WAITS = {
  /** To connect, to subscribe, and for every other answer. */
  answerMs: 5_000,
  /** So many pings, each after this pause, may be unanswered; then the client is finished. */
  pingMs: 3_000,
  missedPings: 3,
  /** After this time a broker that is away is an error in the log. */
  sayAwayMs: 60_000,
  /** A client that is lost sooner is followed by a pause, so that a broker that accepts clients and refuses their requests is not flooded. */
  shortLifeMs: 10_000,
  /** For a stream that has no leader; then it counts as away. */
  electionMs: 10_000,
  /** So long at most a leader without a majority says that it leads (nats-server, raft.go, lostQuorumCheck). */
  formerLeaderMs: 20_000,
  /** To confirm that a subscription or a client leaves. */
  leaveMs: 1_000,
  /** A channel that delivers nothing for so long is empty, if the server still answers then. */
  silenceMs: 1_000,
  /** Without a message for so long, a server that answers counts as not delivering what it has. */
  deliveredMs: 10_000,
} as const;

/** A request for messages at JetStream (ms). */
export const PULL = {
  /** The server ends it then, and says how much of it is left. */
  endsAfterMs: 30_000,
  /** While it waits, the server says so often that it knows it. */
  heartbeatMs: 1_000,
  /** After such a silence it counts as forgotten, if the server answers a ping. */
  silenceMs: 2_200,
  lookEveryMs: 500,
  /** To answer a ping, or to confirm an end. */
  answerMs: 2_000,
} as const;

/** A request that only a leader answers is sent again after each of these silences (ms), while its time limit lasts. */
export const LEADER_SILENCES_MS = [500, 1_000, 2_000] as const;

/** Pause (ms) between two checks of a connected group whether its channels have lost messages. */
export const HISTORY_CHECK_MS = 15_000;

/**
 * How long MongoDB is waited for (ms). A try waits for a connection of the pool, and then for its answer. Two of them, and the look
 * for a write whose reply is lost, fit into 15 s: half of what a request and an event have.
 */
export const DATABASE_WAITS = {
  serverSelectionMs: 3_000,
  connectionMs: 2_000,
  answerMs: 4_000,
  pingMs: 1_000,
  /** How long, and how often, a write whose reply was lost is looked for before the answer is "not known". */
  lostReplyMs: 2_500,
  lostReplyEveryMs: 200,
} as const;

/** The listeners pause so long at least (ms) when MongoDB is unavailable; twice as long, up to the longest, after a short return. */
export const DATABASE_PAUSE = { leastMs: 250, mostMs: 10_000 } as const;

/** A change of an aggregate is tried again on the newest version so often when others save at the same time; then 409. */
export const UPDATE_TRIES = 30;

/** Edits of one aggregate take turns within a process. When one takes longer all that wait begin: versions decide. */
export const UPDATE_TURNS = { holdMs: 5_000, most: 100 } as const;

/** The longest pause between two attempts of a handler that fails, in ack waits. */
export const LONGEST_PAUSE = 16;

/** The outbox. */
export const OUTBOX = {
  /** More pending events in one aggregate: its writes get 503. */
  maxPending: 1_000,
  /** Published and not yet acked, of one process; what is saved beyond it waits for the sweep. */
  maxInFlight: 10_000,
  /** The sweep leaves younger entries (ms) to the process that wrote them, unless they were saved while the broker was away. */
  sweepMinAgeMs: 2_000,
} as const;

/** The early events that wait inside one document of a replica; more stay unacked and come again. */
export const INBOX = {
  maxParked: 100,
  /** From this size on none is added: MongoDB refuses a document above 16 MB, and a message has at most 1 MB (NATS, `max_payload`). */
  maxBytes: 8 * 2 ** 20,
} as const;

/** Periodic re-emission. */
export const RE_EMISSION = {
  /**
   * Each run begins so long (ms) before the end of the one before: clocks of processes differ, and a save can be read some time
   * after the time that it carries.
   */
  overlapMs: 60_000,
  /** At most so many snapshots a second, on average: about half of what one broker takes (docs/scaling.md). */
  perSecond: 500,
} as const;
