import type { createBroker } from '@ticketing/common';

/** A server of one case: on a port of its own, with its messages on disk. `restartableNats` of @ticketing/servers is one. */
export interface EngineServer {
  readonly url: string;
  /** SIGKILL; resolves when it is gone. */
  down(): Promise<void>;
  /** Starts it again where it was, with what it has stored; resolves when it is ready. */
  up(): Promise<void>;
  /** Resolves when a paused one stands still. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** Removes what it has stored; it must be down. */
  loseData(): Promise<void>;
  remove(): Promise<void>;
}

export interface ServerLimits {
  /** A channel keeps the newest so many messages. */
  readonly messages?: number;
  /** The only channel that a client may make or use: others are refused. */
  readonly only?: string;
}

export type BrokerSettings = Omit<Parameters<typeof createBroker>[0], 'logger' | 'clientIdPrefix'>;

/** A server that is held up for some seconds is not given up. */
export const PATIENT = { pingIntervalMs: 120_000, maxPingsOut: 2, timeoutMs: 30_000 };
/** A server that does not answer is noticed within seconds. */
export const QUICK = { pingIntervalMs: 1_000, maxPingsOut: 2, timeoutMs: 5_000 };

/** An engine that the broker port is implemented for. */
export interface BrokerEngine {
  /** As its adapter calls it. */
  readonly name: string;
  readonly start: (limits?: ServerLimits) => Promise<EngineServer>;
  /** How it is reached. Everything in it is JSON. */
  readonly settings: (url: string) => BrokerSettings;
}
