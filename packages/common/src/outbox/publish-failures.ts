import type { Logger } from '../runtime/logger';
import type { Metrics, PublishFailureReason } from '../runtime/metrics';
import { NoAnswerError, NotConnectedError, RefusedError } from '../broker/errors';

/** At most one warning in this time (ms). A failure after a pause of this length counts as a new problem. */
const WARN_EVERY_MS = 60_000;

interface Failing {
  readonly since: number;
  failures: number;
  lastAt: number;
  warnedAt: number;
}

/** Counts failed publishes, and warns once a minute per subject while they continue. */
export class PublishFailures {
  private readonly failing = new Map<string, Failing>();

  /** @param now ms since 1970 */
  constructor(
    private readonly metrics: Pick<Metrics, 'publishFailures'>,
    private readonly logger: Logger,
    private readonly now: () => number = Date.now,
  ) {}

  add(subject: string, error: unknown): void {
    const reason = reasonOf(error);
    this.metrics.publishFailures.inc({ subject, reason });
    const now = this.now();
    const known = this.failing.get(subject);
    const failing =
      known && now - known.lastAt < WARN_EVERY_MS
        ? known
        : { since: now, failures: 0, lastAt: now, warnedAt: -Infinity };
    this.failing.set(subject, failing);
    failing.failures += 1;
    failing.lastAt = now;
    if (now - failing.warnedAt < WARN_EVERY_MS) return;
    failing.warnedAt = now;
    const since = new Date(failing.since).toISOString();
    const facts = { subject, reason, failures: failing.failures, since, lastError: String(error) };
    this.logger.warn(facts, 'events cannot be published: what is saved waits in the outbox');
  }
}

function reasonOf(error: unknown): PublishFailureReason {
  if (error instanceof NotConnectedError) return 'not-connected';
  if (error instanceof NoAnswerError) return 'no-answer';
  return error instanceof RefusedError ? 'refused' : 'other';
}
