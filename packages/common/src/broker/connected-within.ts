import { sleep } from '../runtime/retry';
import type { Broker } from './port';

/** Resolves to whether the broker is connected within this time (ms), for a program that does nothing without it. */
export async function connectedWithin(broker: Pick<Broker, 'isConnected'>, ms: number): Promise<boolean> {
  for (const until = performance.now() + ms; !broker.isConnected(); await sleep(20)) {
    if (performance.now() >= until) return false;
  }
  return true;
}
