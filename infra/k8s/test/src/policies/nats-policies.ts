import { nameOf, type Objects, ofComponent, selected, type Workload, workloads } from '../manifests/objects';
import { each, type Policy } from './policy';
import { podNames } from './ports';

const nodes = (objects: Objects): readonly Workload[] =>
  selected(objects, { 'app.kubernetes.io/name': 'nats-streaming' }).filter(({ kind }) => kind === 'StatefulSet');

function options({ spec }: Workload): ReadonlyMap<string, string> {
  const args = spec.template.spec.containers[0]?.args ?? [];
  return new Map(args.map((arg) => [arg.replace(/^-+/, '').split('=')[0] ?? '', arg.split('=').slice(1).join('=')]));
}

/** The required options; stateful-set.yaml explains each beside it. */
const REQUIRED = {
  p: '4222',
  m: '8222',
  hbi: '5s',
  hbt: '5s',
  hbf: '2',
  cid: 'ticketing',
  st: 'FILE',
  SD: '',
  mc: '0',
  mm: '0',
};

/** NATS Streaming, or nats-server with JetStream. */
const BROKERS = ['nats-streaming', 'nats'];
const oneBroker: Policy = (objects) => {
  const sets = BROKERS.flatMap((name) =>
    selected(objects, { 'app.kubernetes.io/name': name }).filter((one) => nameOf(one) === `StatefulSet ${name}`),
  );
  return sets.length === 1 ? [] : [`there is not one StatefulSet ${BROKERS.join(' or ')} with its name as its label`];
};

const rightOptions: Policy = (objects) =>
  each(nodes(objects), nameOf, (node) => {
    const given = options(node);
    const container = node.spec.template.spec.containers[0];
    return [
      ...Object.entries(REQUIRED).flatMap(([name, value]) =>
        given.get(name) === value ? [] : [`runs without -${name} ${value}`],
      ),
      ...(given.get('file_sync') === 'true' ? [] : ['acks what is not on the disk: --file_sync=true is missing']),
      ...(given.get('file_read_buffer_size') === '0'
        ? []
        : ['reads ahead, which can hide what it acked: --file_read_buffer_size=0 is missing']),
      ...(/^[1-9]\d*[MG]B$/.test(given.get('mb') ?? '') ? [] : ['has no bound for its disk: -mb']),
      ...(container?.command ? ['replaces the program of its image, which has no shell'] : []),
      ...(container?.image === 'nats-streaming:0.25.6' ? [] : ['is not of the official image of 0.25.6']),
    ];
  });

const keepsMessages: Policy = (objects) =>
  each(nodes(objects), nameOf, (node) => {
    const claims = (node.spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name);
    const mounts = (node.spec.template.spec.containers[0]?.volumeMounts ?? []).filter(({ name }) =>
      claims.includes(name),
    );
    const given = options(node);
    const paths = ['dir', ...(given.has('clustered') ? ['cluster_log_path'] : [])];
    const lost = paths.filter((path) => !mounts.some(({ mountPath }) => given.get(path)?.startsWith(`${mountPath}/`)));
    return lost.map((path) => `writes --${path} beside its volume`);
  });

const majority: Policy = (objects) =>
  each(nodes(objects), nameOf, (node) => {
    const { replicas = 1, template } = node.spec;
    const given = options(node);
    if (replicas === 1) return given.has('clustered') ? 'is one node of a cluster that has no others' : undefined;
    const names = podNames(node.metadata.name, replicas);
    const routes = names.map((name) => `nats://${name}.${node.spec.serviceName}:6222`);
    const apart = template.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    return [
      ...(replicas % 2 === 1 ? [] : ['is an even number of nodes: half of them are no majority']),
      ...(given.get('clustered') === 'true' ? [] : ['is many servers that do not know of each other']),
      ...(given.get('cluster_sync') === 'true'
        ? []
        : ['loses what it acked in a power failure: --cluster_sync is missing']),
      ...(given.get('cluster_node_id') === '$(POD_NAME)' ? [] : ['has no node id that stays with the volume']),
      ...(given.get('cluster_peers') === names.join() ? [] : ['does not name its own pods as peers']),
      ...(given.get('routes') === routes.join() ? [] : ['does not find its own pods']),
      ...(apart.some(({ topologyKey }) => topologyKey === 'kubernetes.io/hostname')
        ? []
        : ['may have two nodes on one machine']),
      ...(objects.some(({ kind, metadata }) => kind === 'PodDisruptionBudget' && metadata.name === node.metadata.name)
        ? []
        : ['may lose its majority to a drain']),
    ];
  });

/** A PodDisruptionBudget over one pod forbids every drain, or allows what would happen without it. */
const singlesDrain: Policy = (objects) =>
  each(
    workloads(objects).filter(({ kind, spec }) => kind === 'StatefulSet' && (spec.replicas ?? 1) === 1),
    nameOf,
    ({ metadata }) =>
      objects.some((one) => one.kind === 'PodDisruptionBudget' && one.metadata.name === metadata.name)
        ? 'has one pod and a PodDisruptionBudget'
        : undefined,
  );

const sameCluster: Policy = (objects) =>
  each(ofComponent(objects, 'service'), nameOf, ({ spec }) => {
    const id = spec.template.spec.containers[0]?.env?.find(({ name }) => name === 'NATS_CLUSTER_ID')?.value;
    return nodes(objects).every((node) => options(node).get('cid') === id) ? undefined : `calls the cluster ${id}`;
  });

/** Rules for the broker. */
export const natsPolicies = {
  'there is one broker, found by its label': oneBroker,
  'NATS Streaming runs with its options, and the limits are set': rightOptions,
  'NATS Streaming keeps its messages on its volume': keepsMessages,
  'many nodes agree by Raft, on disks of different machines': majority,
  'one pod can be drained': singlesDrain,
  'the services call the right cluster id': sameCluster,
} satisfies Record<string, Policy>;
