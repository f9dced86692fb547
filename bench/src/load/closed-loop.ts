import { signToken } from '@ticketing/common';
import autocannon from 'autocannon';
import { JWT_KEY } from '../world/world';

export interface ClosedLoopOptions {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  /** How many requests are in flight at any time. */
  readonly connections: number;
  readonly amount: number;
  /** Path and body of the n-th request, from 0. */
  readonly request: (n: number) => { readonly path: string; readonly body?: unknown };
  /** Takes each reply. */
  readonly onReply?: (status: number, body: string) => void;
}

export interface LoadResult {
  /** From the first request to the last reply (ms). */
  readonly tookMs: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Replies by status; requests without one under `error`. */
  readonly statuses: ReadonlyMap<number | 'error', number>;
}

/** The user of the load. */
export const USER = { id: 'bench', email: 'bench@example.com' };

/**
 * Sends the next request of a connection when its last one is answered, with autocannon. Resolves at the last reply:
 * autocannon itself ends up to a second later.
 */
export async function closedLoop(options: ClosedLoopOptions): Promise<LoadResult> {
  const { url, method, connections, amount, request, onReply } = options;
  const statuses = new Map<number | 'error', number>();
  const count = (what: number | 'error', times = 1) => statuses.set(what, (statuses.get(what) ?? 0) + times);
  const latencies: number[] = [];
  let sent = 0;
  let last = 0;
  const authorization = `Bearer ${signToken(USER, JWT_KEY)}`;
  const start = performance.now();
  const load: autocannon.Options = {
    url,
    connections: Math.min(connections, amount),
    amount,
    timeout: 60,
    headers: { authorization, 'content-type': 'application/json' },
    requests: [
      {
        method,
        setupRequest: (given) => {
          const { path, body } = request(sent++);
          return { ...given, path, ...(body !== undefined && { body: JSON.stringify(body) }) };
        },
        ...(onReply && { onResponse: (status: number, body: string) => onReply(status, body) }),
      },
    ],
  };
  await new Promise<void>((resolve, reject) => {
    const running = autocannon(load, (error: Error | null) => (error ? reject(error) : resolve()));
    running.on('response', (_client, status, _bytes, responseTime) => {
      last = performance.now();
      count(status);
      latencies.push(responseTime);
      if (latencies.length === amount) resolve();
    });
  });
  const unanswered = amount - latencies.length;
  if (unanswered > 0) count('error', unanswered);
  const tookMs = last - start;
  return { tookMs, perSecond: (1_000 * latencies.length) / tookMs, ...percentiles(latencies), statuses };
}

/** The median and the 99th percentile (ms); NaN when there is nothing. */
export function percentiles(figures: readonly number[]): { p50Ms: number; p99Ms: number } {
  const sorted = [...figures].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** The problems when every request should get this status. */
export function othersThan(status: number, { statuses }: LoadResult): string[] {
  return [...statuses]
    .filter(([found]) => found !== status)
    .map(([found, times]) => `${times} requests were answered with ${found}, not ${status}`);
}
