import {
  nameOf,
  type KubernetesObject,
  type Objects,
  ofKind,
  selected,
  type Selector,
  workloads,
} from '../manifests/objects';
import { httpRoutes } from './routes';
import { each, type Policy } from './policy';
import { containerPort, type ServiceObject, servicePort } from './ports';

const servicesSelectPods: Policy = (objects) =>
  each(ofKind<ServiceObject>(objects, 'Service'), nameOf, ({ spec }) =>
    spec.selector && selected(objects, spec.selector).length === 1
      ? undefined
      : 'selects no workload, or more than one',
  );

const servicePortsExist: Policy = (objects) =>
  each(ofKind<ServiceObject>(objects, 'Service'), nameOf, ({ spec }) =>
    spec.ports.flatMap(({ port, targetPort = port }) =>
      selected(objects, spec.selector ?? {}).some((one) => containerPort(one, targetPort) !== undefined)
        ? []
        : `leads to the port ${targetPort}, which its pods do not have`,
    ),
  );

const probePortsExist: Policy = (objects) =>
  each(workloads(objects), nameOf, (workload) =>
    workload.spec.template.spec.containers.flatMap(({ startupProbe, readinessProbe, livenessProbe }) =>
      [startupProbe, readinessProbe, livenessProbe].flatMap((probe) => {
        const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port;
        const missing = port !== undefined && containerPort(workload, port) === undefined;
        return missing ? `is probed at the port ${port}, which it does not have` : [];
      }),
    ),
  );

const routesExist: Policy = (objects) =>
  each(
    httpRoutes(objects),
    ({ from, path }) => `${from}, ${path}`,
    ({ service, port }) =>
      servicePort(objects, service, port) === undefined ? `leads to ${service}:${port}, which there is not` : undefined,
  );

/** An address such as nats://nats-streaming:4222 or mongodb://user:$(PASSWORD)@NAME-mongodb:27017/NAME. */
const ADDRESS = /\b(?:nats|mongodb):\/\/(?:[^@\s]*@)?([\w.-]+):(\d+)/g;
const addressesExist: Policy = (objects) =>
  each(workloads(objects), nameOf, ({ spec }) => {
    const values = spec.template.spec.containers.flatMap(({ env = [] }) => env.map(({ value = '' }) => value));
    const addresses = values.flatMap((value) => [...value.matchAll(ADDRESS)]);
    return addresses.flatMap(([, host = '', port]) =>
      servicePort(objects, host, Number(port)) === undefined ? `calls ${host}:${port}, which there is not` : [],
    );
  });

interface Selecting extends KubernetesObject {
  readonly spec: { readonly selector?: Selector; readonly podSelector?: Selector };
}
interface Peers {
  readonly spec: { readonly [way in 'ingress' | 'egress']?: readonly Record<string, readonly Peer[] | undefined>[] };
}
interface Peer {
  readonly podSelector?: Selector;
}

const selectorsMatch: Policy = (objects) => {
  const nobody = ({ matchLabels = {} }: Selector) =>
    selected(objects, matchLabels).length === 0 ? [`selects nobody by ${JSON.stringify(matchLabels)}`] : [];
  const budgets = ofKind<Selecting>(objects, 'PodDisruptionBudget');
  const policies = ofKind<Selecting & Peers>(objects, 'NetworkPolicy');
  return [
    ...each([...budgets, ...policies], nameOf, ({ spec }) => nobody(spec.selector ?? spec.podSelector ?? {})),
    ...each(policies, nameOf, ({ spec }) =>
      [...(spec.ingress ?? []), ...(spec.egress ?? [])]
        .flatMap((rule) => [...(rule['from'] ?? []), ...(rule['to'] ?? [])])
        .flatMap(({ podSelector }) => (podSelector ? nobody(podSelector) : [])),
    ),
    ...each(workloads(objects), nameOf, (one) => {
      const { selector, template } = one.spec;
      const { topologySpreadConstraints = [], affinity } = template.spec;
      const anti = affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
      const its = [selector, ...[...topologySpreadConstraints, ...anti].map(({ labelSelector }) => labelSelector)];
      const misses = its.filter(({ matchLabels = {} }) => !selected(objects, matchLabels).includes(one));
      return misses.map(({ matchLabels }) => `does not select itself by ${JSON.stringify(matchLabels)}`);
    }),
  ];
};

interface Scaler extends KubernetesObject {
  readonly spec: { readonly scaleTargetRef: { readonly kind: string; readonly name: string } };
}
interface HttpRoute extends KubernetesObject {
  readonly spec: { readonly parentRefs: readonly { readonly name: string; readonly sectionName?: string }[] };
}
interface Gateway extends KubernetesObject {
  readonly spec: { readonly listeners: readonly { readonly name: string }[] };
}
const namesExist: Policy = (objects: Objects) => {
  const there = new Set(objects.map(nameOf));
  for (const { metadata, spec } of ofKind<Gateway>(objects, 'Gateway'))
    for (const { name } of spec.listeners) there.add(`Gateway ${metadata.name}, listener ${name}`);
  const missing = (name: string) => (there.has(name) ? [] : [`refers to ${name}, which there is not`]);
  return [
    ...each(ofKind<Scaler>(objects, 'HorizontalPodAutoscaler'), nameOf, ({ spec: { scaleTargetRef: target } }) =>
      missing(`${target.kind} ${target.name}`),
    ),
    ...each(ofKind<HttpRoute>(objects, 'HTTPRoute'), nameOf, ({ spec }) =>
      spec.parentRefs.flatMap(({ name, sectionName }) => missing(`Gateway ${name}, listener ${sectionName}`)),
    ),
    ...each(workloads(objects), nameOf, ({ spec }) => [
      ...(spec.serviceName === undefined ? [] : missing(`Service ${spec.serviceName}`)),
      ...(spec.template.spec.volumes ?? []).flatMap(({ configMap }) =>
        configMap ? missing(`ConfigMap ${(configMap as { name: string }).name}`) : [],
      ),
    ]),
  ];
};

const mountsExist: Policy = (objects) =>
  each(workloads(objects), nameOf, ({ spec }) => {
    const claims = (spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name);
    const there = [...claims, ...(spec.template.spec.volumes ?? []).map(({ name }) => name)];
    const mounts = spec.template.spec.containers.flatMap(({ volumeMounts = [] }) =>
      volumeMounts.map(({ name }) => name),
    );
    return [
      ...mounts.filter((name) => !there.includes(name)).map((name) => `mounts ${name}, which there is not`),
      ...there.filter((name) => !mounts.includes(name)).map((name) => `has the volume ${name}, which nobody mounts`),
    ];
  });

/** Rules: every reference leads to something that exists. */
export const referencePolicies = {
  'every Service selects a pod': servicesSelectPods,
  'every port of a Service exists': servicePortsExist,
  'every port of a probe exists': probePortsExist,
  'every route leads to a port that exists': routesExist,
  'every address in a variable exists': addressesExist,
  'every selector matches a workload': selectorsMatch,
  'every name refers to something': namesExist,
  'every mount has its volume': mountsExist,
} satisfies Record<string, Policy>;
