import type { StreamInfo } from '@nats-io/jetstream';
import type { Logger } from '../../runtime/logger';
import { BROKER_WAITS } from '../../runtime/policies';

export interface StoreSafetyOptions {
  readonly monitorUrl?: string;
  readonly allowUnsafe?: boolean;
}

/**
 * Knows whether a power failure may take what the stream has acked: with one replica it does, unless the server syncs
 * before it acks (`sync_interval: always`; by default it syncs every two minutes). A client cannot see that setting,
 * because the server shows it to its system account and on its monitoring port only.
 */
export class StoreSafety {
  unsafeBecause: string | undefined;

  constructor(
    private readonly logger: Logger,
    private readonly options: StoreSafetyOptions,
  ) {}

  /** Call it for each connection. Warns about each new reason, unless that is allowed. Does not reject. */
  async check({ config: { num_replicas } }: Pick<StreamInfo, 'config'>, over: AbortSignal): Promise<void> {
    const reason = num_replicas > 1 ? undefined : await this.whyUnsafe(over);
    if (over.aborted) return;
    const isNew = reason !== this.unsafeBecause;
    this.unsafeBecause = reason;
    if (!isNew || reason === undefined || this.options.allowUnsafe) return;
    const advice = 'use three replicas, or sync_interval: always; ALLOW_UNSAFE_BROKER=true silences this';
    this.logger.warn({ reason }, `a power failure may take what JetStream has acked: ${advice}`);
  }

  private async whyUnsafe(over: AbortSignal): Promise<string | undefined> {
    const { monitorUrl } = this.options;
    if (monitorUrl === undefined)
      return 'one replica, and without NATS_MONITOR_URL nobody sees whether the server syncs';
    try {
      const signal = AbortSignal.any([over, AbortSignal.timeout(BROKER_WAITS.answerMs)]);
      const answer = await fetch(new URL('/jsz', monitorUrl), { signal, headers: { connection: 'close' } });
      const { config } = (await answer.json()) as { readonly config?: { readonly sync_always?: boolean } };
      if (config?.sync_always === true) return undefined;
      return 'one replica, and the server does not sync before it acks';
    } catch (error) {
      return `one replica, and NATS_MONITOR_URL does not say whether the server syncs: ${String(error)}`;
    }
  }
}
