import { z } from 'zod';

/** The part of `kubectl get pods -o json` about a pod that is needed here. */
export interface Pod {
  readonly name: string;
  /** Identifies the pod: a StatefulSet gives its next pod the same name, but another uid. */
  readonly uid: string;
  /** Its processes run, and it is not being deleted. */
  readonly running: boolean;
  /** It runs, and its readiness probe says that it serves. */
  readonly ready: boolean;
  /** Why it is not ready, for people. */
  readonly state: string;
}

const condition = z.object({ type: z.string(), status: z.string() });

const pod = z
  .object({
    metadata: z.object({ name: z.string(), uid: z.string(), deletionTimestamp: z.string().nullish() }),
    status: z.object({ phase: z.string().default('Unknown'), conditions: z.array(condition).nullish() }).prefault({}),
  })
  .transform(({ metadata: { name, uid, deletionTimestamp }, status: { phase, conditions } }): Pod => {
    const deleting = typeof deletionTimestamp === 'string';
    const running = phase === 'Running' && !deleting;
    const ready = running && (conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');
    return {
      name,
      uid,
      running,
      ready,
      state: deleting ? 'being deleted' : running ? 'not ready' : phase.toLowerCase(),
    };
  });

const podList = z.object({ kind: z.literal(['List', 'PodList']), items: z.array(pod) });

/** Reads the output of `kubectl get pods -o json`. @throws Error when it is something else */
export function parsePods(json: string): Pod[] {
  return podList.parse(JSON.parse(json)).items;
}

/**
 * The pod to forward to: the present one, by its uid, as long as it is ready; else the first ready one by name; else
 * the present one if it still runs, because a failing probe is no reason to cut connections that may work.
 */
export function choosePod(pods: readonly Pod[], currentUid?: string): Pod | undefined {
  const isCurrent = ({ uid }: Pod): boolean => uid === currentUid;
  const ready = readyPods(pods);
  return ready.find(isCurrent) ?? ready[0] ?? pods.find((one) => one.running && isCurrent(one));
}

/** By name. */
export function readyPods(pods: readonly Pod[]): Pod[] {
  return pods.filter(({ ready }) => ready).sort((a, b) => (a.name < b.name ? -1 : 1));
}
