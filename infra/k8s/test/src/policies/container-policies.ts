import { nameOf, type Probe, workloads } from '../manifests/objects';
import { each, ofContainers, type Policy } from './policy';

const UNIT_BYTES: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, m: 1e-3, '': 1 };

/** Bytes, or processors, of a quantity such as 256Mi or 100m. */
export function amount(quantity: string): number {
  const [, digits = '', unit = ''] = /^([\d.]+)(\w*)$/.exec(quantity) ?? [];
  return Number(digits) * (UNIT_BYTES[unit] ?? NaN);
}

const requestsAndLimits = ofContainers(({ resources }) =>
  ['cpu', 'memory'].flatMap((what) => {
    const [request, limit] = [resources?.requests?.[what], resources?.limits?.[what]];
    if (request === undefined) return `requests no ${what}`;
    if (limit === undefined) return `has no limit of ${what}`;
    return amount(request) <= amount(limit) ? [] : `requests more ${what} than its limit`;
  }),
);

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;
const asks = (probe: Probe | undefined) => probe?.httpGet?.path ?? (probe?.tcpSocket && 'a TCP port');
const probes = ofContainers((container) =>
  PROBES.flatMap((probe) => (asks(container[probe]) === undefined ? `has no ${probe}` : [])),
);

/** `/readyz` in a liveness probe would restart every pod when MongoDB is away; `/healthz` in a readiness probe never waits. */
const rightProbes = ofContainers((container) => {
  if (container.name !== 'service') return undefined;
  const right = ['/healthz', '/readyz', '/healthz'];
  return PROBES.flatMap((probe, n) =>
    asks(container[probe]) === right[n] ? [] : `asks something else in its ${probe}`,
  );
});

const readOnlyRoot = ofContainers(({ securityContext }) =>
  securityContext?.readOnlyRootFilesystem === true ? undefined : 'may write to its root file system',
);

const noCapabilities = ofContainers(({ securityContext }) => {
  const { drop, add } = securityContext?.capabilities ?? {};
  return drop?.includes('ALL') && !add?.length ? undefined : 'keeps capabilities';
});

const noEscalation = ofContainers(({ securityContext }) =>
  securityContext?.allowPrivilegeEscalation === false && !securityContext.privileged
    ? undefined
    : 'may gain privileges',
);

const pinnedImages = ofContainers(({ image }) =>
  /:(?!latest$)[\w][\w.-]*$|@sha256:[0-9a-f]{64}$/.test(image) ? undefined : `has the image ${image}: name one version`,
);

const nonRoot: Policy = (objects) =>
  each(workloads(objects), nameOf, ({ spec }) => {
    const { runAsNonRoot, runAsUser = 0 } = spec.template.spec.securityContext ?? {};
    return runAsNonRoot === true && runAsUser > 0 ? undefined : 'may run as root, or as whom the image says';
  });

const seccomp: Policy = (objects) =>
  each(workloads(objects), nameOf, ({ spec }) =>
    spec.template.spec.securityContext?.seccompProfile?.type === 'RuntimeDefault'
      ? undefined
      : 'has no seccomp profile',
  );

const noToken: Policy = (objects) =>
  each(workloads(objects), nameOf, ({ spec }) =>
    spec.template.spec.automountServiceAccountToken === false ? undefined : 'is given a token of the cluster',
  );

const VOLUMES = [
  'configMap',
  'secret',
  'emptyDir',
  'persistentVolumeClaim',
  'projected',
  'downwardAPI',
  'csi',
  'ephemeral',
];
const nothingOfTheHost: Policy = (objects) =>
  each(workloads(objects), nameOf, ({ spec: { template } }) => {
    const { hostNetwork, hostPID, hostIPC, volumes = [] } = template.spec;
    const ports = template.spec.containers.flatMap((container) => container.ports ?? []);
    const kinds = volumes.flatMap((volume) => Object.keys(volume).filter((key) => key !== 'name'));
    const of = [
      ...(hostNetwork || hostPID || hostIPC ? ['a namespace'] : []),
      ...(ports.some(({ hostPort }) => hostPort !== undefined) ? ['a port'] : []),
      ...kinds.filter((kind) => !VOLUMES.includes(kind)),
    ];
    return of.map((what) => `uses ${what} of the host`);
  });

/** Rules for every pod: they demand more than the Pod Security level `restricted` of the namespace. */
export const containerPolicies = {
  'every container has requests and limits': requestsAndLimits,
  'every container has a startup, a readiness and a liveness probe': probes,
  'a service is ready by /readyz and alive by /healthz': rightProbes,
  'the root file system is read-only': readOnlyRoot,
  'all capabilities are dropped': noCapabilities,
  'no container gains privileges': noEscalation,
  'every image is of one version': pinnedImages,
  'nothing runs as root': nonRoot,
  'seccomp is RuntimeDefault': seccomp,
  'no pod has a token of the cluster': noToken,
  'no pod uses the host': nothingOfTheHost,
} satisfies Record<string, Policy>;
