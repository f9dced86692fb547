import { inCapitals } from '@ticketing/services';
import {
  type ConfigMap,
  type Container,
  type KubernetesObject,
  nameOf,
  type Objects,
  ofComponent,
  ofKind,
  selected,
  type Workload,
} from '../manifests/objects';
import { amount } from './container-policies';
import { each, type Policy } from './policy';
import { podNames } from './ports';

const nodes = (objects: Objects): readonly Workload[] =>
  selected(objects, { 'app.kubernetes.io/name': 'nats' }).filter(({ kind }) => kind === 'StatefulSet');
const containerOf = ({ spec }: Workload): Container | undefined => spec.template.spec.containers[0];
const valueOf = (workload: Workload, name: string) =>
  containerOf(workload)?.env?.find((one) => one.name === name)?.value ?? '';

/** The files of the server's configuration; its container mounts the ConfigMap. */
export function natsFiles(objects: Objects): Readonly<Record<string, string>> {
  const names = nodes(objects).flatMap(({ spec }) =>
    (spec.template.spec.volumes ?? []).map(({ configMap }) => (configMap as { name?: string } | undefined)?.name),
  );
  const found = ofKind<ConfigMap>(objects, 'ConfigMap').find(({ metadata }) => names.includes(metadata.name));
  return found?.data ?? {};
}

/** The value of a setting that the file has once. */
function setting(objects: Objects, name: string): string {
  const [, value = ''] =
    new RegExp(`^ *${name}: *([^#\\n]*?) *(#.*)?$`, 'm').exec(natsFiles(objects)['nats.conf'] ?? '') ?? [];
  return value;
}

const names = ({ metadata, spec }: Workload) => podNames(metadata.name, spec.replicas);

interface Found extends KubernetesObject {
  readonly spec: {
    readonly clusterIP?: string;
    readonly publishNotReadyAddresses?: boolean;
    readonly maxUnavailable?: number;
  };
}
const survivesOne: Policy = (objects) =>
  each(nodes(objects), nameOf, ({ metadata, spec }) => {
    const named = (kind: string, name: string | undefined) =>
      ofKind<Found>(objects, kind).find((one) => one.metadata.name === name)?.spec;
    const service = named('Service', spec.serviceName);
    const apart = spec.template.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    return [
      ...(spec.replicas === 3 ? [] : ['is not three nodes, which each message is on']),
      ...(spec.podManagementPolicy === 'Parallel' ? [] : ['starts one by one, and one node alone is never ready']),
      ...(service?.clusterIP === 'None' && service.publishNotReadyAddresses ? [] : ['has no names before it is ready']),
      ...(named('PodDisruptionBudget', metadata.name)?.maxUnavailable === 1
        ? []
        : ['may lose its majority to a drain']),
      ...(apart.some(({ topologyKey }) => topologyKey === 'kubernetes.io/hostname')
        ? []
        : ['may have two nodes on one machine']),
    ];
  });

const keepsMessages: Policy = (objects) =>
  each(nodes(objects), nameOf, (node) => {
    const [claim] = node.spec.volumeClaimTemplates ?? [];
    const mounts = containerOf(node)?.volumeMounts ?? [];
    const store = mounts.find(({ name }) => name === claim?.metadata.name)?.mountPath;
    const command = containerOf(node)?.command?.join(' ');
    const [, count, unit = ''] = /^(\d+)([MG])B$/.exec(setting(objects, 'max_file_store')) ?? [];
    const given = amount(claim?.spec.resources.requests['storage'] ?? '');
    return [
      ...(setting(objects, 'sync_interval') === 'always' ? [] : ['acks what is not on the disk']),
      ...(store !== undefined && command === `nats-server --config /etc/nats/nats.conf --store_dir ${store}`
        ? []
        : ['writes its messages beside its volume']),
      ...(Number(count) * amount(`1${unit}i`) < given ? [] : ['may fill its volume']),
      ...(setting(objects, 'server_name') === '$POD_NAME' &&
      containerOf(node)?.env?.find(({ name }) => name === 'POD_NAME')?.valueFrom?.fieldRef?.fieldPath ===
        'metadata.name'
        ? []
        : ['has another name than its pod, which keeps its volume']),
      ...(containerOf(node)?.image === 'nats:2.15.2-alpine' ? [] : ['is not of the official image of 2.15.2']),
    ];
  });

const finds: Policy = (objects) =>
  each(nodes(objects), nameOf, (node) => {
    const routes = names(node).map((pod) => `"nats://node:$(NODE_SECRET)@${pod}.${node.spec.serviceName}:6222"`);
    return valueOf(node, 'ROUTES') === `[${routes.join(', ')}]` ? undefined : 'does not find its own pods';
  });

const SERVER = '/healthz?js-server-only=true';
const PROBES = {
  startupProbe: SERVER,
  readinessProbe: SERVER,
  livenessProbe: '/healthz?js-enabled-only=true',
} as const;
const patientProbes: Policy = (objects) =>
  each(nodes(objects), nameOf, (node) =>
    Object.entries(PROBES).flatMap(([probe, path]) =>
      containerOf(node)?.[probe as keyof typeof PROBES]?.httpGet?.path === path
        ? []
        : [`has a ${probe} that does not ask ${path}`],
    ),
  );

/** For what comes before and after lame duck mode: the leaderships move, the store is closed (s). */
const AROUND_S = 10;
const lameDuck: Policy = (objects) =>
  each(nodes(objects), nameOf, (node) => {
    const command = containerOf(node)?.lifecycle?.preStop?.exec?.command ?? [];
    if (command.join(' ') !== 'nats-server --signal ldm=1') return 'does not enter lame duck mode';
    const [grace, duration] = ['lame_duck_grace_period', 'lame_duck_duration'].map((name) =>
      Number.parseInt(setting(objects, name)),
    ) as [number, number];
    const { terminationGracePeriodSeconds: given = 30 } = node.spec.template.spec;
    if (!(grace < duration)) return 'has a grace period that is not within lame duck mode';
    return duration + AROUND_S <= given ? undefined : `is killed after ${given} s, in lame duck mode`;
  });

/** A password is in quotes, or the server reads digits as a number. */
const ownUsers: Policy = (objects) => {
  const [node] = nodes(objects);
  if (!node) return [];
  const users = [...(natsFiles(objects)['users.conf'] ?? '').matchAll(/user: ([\w-]+)[\s,]+password: *([^\s,}]*)/g)];
  const passwords = users.map(([, , password = '']) => password.replace('$', ''));
  return [
    ...each(
      users,
      ([, user]) => `user ${user}`,
      ([, , password = '']) => {
        const [, secret = ''] = /^"\$\((\w+)\)"$/.exec(valueOf(node, password.replace('$', ''))) ?? [];
        const from = containerOf(node)?.env?.find(({ name }) => name === secret)?.valueFrom?.secretKeyRef;
        return from ? undefined : `has no password of a Secret, in quotes`;
      },
    ),
    ...(new Set(passwords).size === users.length ? [] : ['two users have one password']),
    ...each(ofComponent(objects, 'service'), nameOf, ({ metadata: { name } }) =>
      users.some(([, user]) => user === name) ? undefined : 'has no user',
    ),
  ];
};

const rightCalls: Policy = (objects) => {
  const [node] = nodes(objects);
  return each(node ? ofComponent(objects, 'service') : [], nameOf, (service) => {
    const { name } = service.metadata;
    const all = (node ? names(node) : []).map((pod) => `${pod}.${node?.spec.serviceName}:4222`);
    const url = `nats://${name}:$(NATS_PASSWORD)@${all.join(',nats://')}`;
    const [mine, theirs] = [
      containerOf(service)?.env?.find((one) => one.name === 'NATS_PASSWORD'),
      containerOf(node as Workload)?.env?.find((one) => one.name === `${inCapitals(name)}_SECRET`),
    ].map((one) => JSON.stringify(one?.valueFrom?.secretKeyRef));
    return [
      ...(valueOf(service, 'BROKER') === 'jetstream' ? [] : ['is for another broker']),
      ...(valueOf(service, 'NATS_URL') === url ? [] : ['does not call every node as its own user']),
      ...(mine !== undefined && mine === theirs ? [] : ['has another password than its user']),
    ];
  });
};

/** Rules for nats-server with JetStream, where it is the broker. */
export const jetStreamPolicies = {
  'three nodes survive the loss of one': survivesOne,
  'a node keeps its messages on its volume, synced before each ack': keepsMessages,
  'the nodes find each other, and nobody else joins them': finds,
  'a node that catches up is ready to be called, and not killed': patientProbes,
  'a node that stops is a lame duck first': lameDuck,
  'each user has a password of its own': ownUsers,
  'each service calls all nodes by its own user': rightCalls,
} satisfies Record<string, Policy>;
