import type { BenchCase } from './bench-case';

/** What another engine must keep of the rate of NATS Streaming; a latency must not be higher. */
const WANTED = { higher: 0.8, lower: 1 } as const;

/** The same case, and one more side: ours on NATS Streaming, measured in the same rounds. */
export function besideStreaming(benchCase: BenchCase): BenchCase {
  const { ours, better, ceilings } = benchCase;
  const same = { name: 'ours on NATS Streaming', wanted: WANTED[better], run: ours, engine: 'streaming' } as const;
  return { ...benchCase, ceilings: [...ceilings, same] };
}
