import { freePort } from '@ticketing/servers';
import { startPortForward } from '@ticketing/nats-streaming';
import { NAMESPACE } from './kubectl';

/** The local ports that lead to ports of a pod, as long as the task takes. @throws what the task throws, or that there is no way */
export async function withForward<T>(
  pod: string,
  remote: readonly number[],
  task: (local: readonly number[]) => Promise<T>,
): Promise<T> {
  const local = await Promise.all(remote.map(() => freePort()));
  const pairs = remote.map((port, index) => [local[index] ?? 0, port] as const);
  const forward = await startPortForward(pod, pairs, { namespace: NAMESPACE }, new AbortController().signal);
  try {
    return await task(local);
  } finally {
    await forward.stop();
  }
}
