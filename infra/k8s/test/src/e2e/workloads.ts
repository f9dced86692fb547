import { serviceNames } from '@ticketing/services';
import { waitFor } from '@ticketing/testing';
import { getJson } from './kubectl';
import { readSettings } from './settings';

/** The name of the broker's StatefulSet, and the number of its pods. */
export const BROKER = { streaming: { name: 'nats-streaming', pods: 1 }, jetstream: { name: 'nats', pods: 3 } }[
  readSettings().broker
];
/** By its HorizontalPodAutoscaler. */
export const PODS_OF_SERVICE = 2;
/** The wanted number of pods of each workload. */
const WANTED: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    serviceNames.flatMap((name) => [
      [`deployment/${name}`, PODS_OF_SERVICE],
      [`statefulset/${name}-mongodb`, 1],
    ]),
  ),
  [`statefulset/${BROKER.name}`]: BROKER.pods,
};
/** Pulling images included (ms). */
const READY_WITHIN_MS = 300_000;

interface Workload {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly generation: number };
  readonly status: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
  };
}

export interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** The pods with this `app.kubernetes.io/name` that are not being deleted, by name. */
export async function podsOf(name: string): Promise<Pod[]> {
  const selector = `app.kubernetes.io/name=${name}`;
  const { items } = await getJson<{ items: Pod[] }>('pods', '--selector', selector);
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

export function isReady({ status }: Pod): boolean {
  return (status.conditions ?? []).some((condition) => condition.type === 'Ready' && condition.status === 'True');
}

/** Resolves when every pod of the system is ready and no other is left. @throws Error that says which is not */
export async function untilAllReady(wanted: Readonly<Record<string, number>> = WANTED): Promise<void> {
  await waitFor(
    async () => {
      const { items } = await getJson<{ items: Workload[] }>('deployments,statefulsets');
      const ready = items.map(({ kind, metadata, status }) => {
        const { replicas = 0, readyReplicas = 0, updatedReplicas = 0, observedGeneration = 0 } = status;
        const settled = observedGeneration >= metadata.generation && replicas === readyReplicas;
        const done = settled && updatedReplicas === replicas;
        return [`${kind.toLowerCase()}/${metadata.name}`, done ? readyReplicas : `${readyReplicas} of ${replicas}`];
      });
      const seen = JSON.stringify(Object.fromEntries(ready.sort()));
      if (seen === JSON.stringify(Object.fromEntries(Object.entries({ ...WANTED, ...wanted }).sort()))) return true;
      throw new Error(`ready are ${seen}`);
    },
    { what: 'everything to be ready', timeoutMs: READY_WITHIN_MS, everyMs: 250 },
  );
}
