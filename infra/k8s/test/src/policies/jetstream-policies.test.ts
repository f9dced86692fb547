import { build } from '../manifests/build';
import { broken } from '../manifests/broken.test.helper';
import { ofKind, type Objects } from '../manifests/objects';
import { CONTAINER, nothing, POD, seesWhatIsBroken, TICKETS } from './broken.test.helper';
import { jetStreamPolicies, natsFiles } from './jetstream-policies';

const NODES = 'StatefulSet nats';
const OVERLAY = 'overlays/jetstream';

seesWhatIsBroken(
  jetStreamPolicies,
  {
    'three nodes survive the loss of one': [
      [NODES, 'spec/replicas', 2, 'not three nodes'],
      [NODES, 'spec/podManagementPolicy', nothing, 'one by one'],
      ['Service nats', 'spec/publishNotReadyAddresses', nothing, 'no names before'],
      ['Service nats', 'spec/clusterIP', nothing, 'no names before'],
      ['PodDisruptionBudget nats', 'spec/maxUnavailable', 2, 'to a drain'],
      ['PodDisruptionBudget nats', '', nothing, 'to a drain'],
      [NODES, `${POD}/affinity`, nothing, 'two nodes on one machine'],
    ],
    'a node keeps its messages on its volume, synced before each ack': [
      [NODES, `${CONTAINER}/volumeMounts/0/mountPath`, '/store', 'beside its volume'],
      [NODES, 'spec/volumeClaimTemplates/0/spec/resources/requests/storage', '7Gi', 'may fill'],
      [NODES, `${CONTAINER}/env/4`, { name: 'POD_NAME', value: 'nats' }, 'another name'],
      [NODES, `${CONTAINER}/image`, 'nats:2.9-alpine', 'official'],
    ],
    'the nodes find each other, and nobody else joins them': [
      [NODES, `${CONTAINER}/env/12/value`, '["nats://node:$(NODE_SECRET)@nats-0.nats:6222"]', 'its own pods'],
    ],
    'a node that catches up is ready to be called, and not killed': [
      [NODES, `${CONTAINER}/startupProbe/httpGet/path`, '/healthz', 'startupProbe'],
      [NODES, `${CONTAINER}/livenessProbe/httpGet/path`, '/healthz', 'livenessProbe'],
    ],
    'a node that stops is a lame duck first': [
      [NODES, `${CONTAINER}/lifecycle`, nothing, 'lame duck'],
      [NODES, `${POD}/terminationGracePeriodSeconds`, 39, 'killed after 39 s'],
    ],
    'each user has a password of its own': [
      [NODES, `${CONTAINER}/env/1/value`, '$(TICKETS_SECRET)', 'user tickets has no password'],
      [NODES, `${CONTAINER}/env/2`, { name: 'ORDERS_SECRET', value: 'word' }, 'user orders has no password'],
      [TICKETS, 'metadata/name', 'payments', 'Deployment payments has no user'],
    ],
    'each service calls all nodes by its own user': [
      [TICKETS, `${CONTAINER}/env/1/value`, 'streaming', 'another broker'],
      [TICKETS, `${CONTAINER}/env/2/value`, 'nats://tickets:$(NATS_PASSWORD)@nats-0.nats:4222', 'every node'],
      [TICKETS, `${CONTAINER}/env/0/valueFrom/secretKeyRef/name`, 'orders-nats', 'another password'],
    ],
  },
  OVERLAY,
);

describe('a line of the files that says something else', () => {
  let objects: Objects;
  beforeAll(async () => {
    objects = await build(OVERLAY);
  });

  test.each([
    ['nats.conf', 'sync_interval: always', 'sync_interval: 2m', 'not on the disk'],
    ['nats.conf', 'max_file_store: 8GB', 'max_file_store: 10GB', 'may fill'],
    ['nats.conf', 'server_name: $POD_NAME', 'server_name: nats', 'another name'],
    ['nats.conf', 'lame_duck_grace_period: 5s', 'lame_duck_grace_period: 30s', 'not within'],
    ['nats.conf', 'lame_duck_duration: 30s', 'lame_duck_duration: 51s', 'killed after 60 s'],
    ['users.conf', 'password: $TICKETS_PASSWORD', 'password: word', 'user tickets has no password'],
    ['users.conf', 'password: $TICKETS_PASSWORD', 'password: $ORDERS_PASSWORD', 'one password'],
    ['users.conf', 'user: orders', 'user: order', 'orders has no user'],
  ])('%s with %s as %s is seen', (file, line, other, said) => {
    const text = natsFiles(objects)[file] ?? '';
    expect(text.split(line)).toHaveLength(2);
    const name = ofKind(objects, 'ConfigMap').find(({ metadata }) => metadata.name.startsWith('nats-'))?.metadata.name;
    const changed = broken(
      objects,
      `ConfigMap ${name}`,
      `data/${file}`,
      text.replace(line, () => other),
    );
    const problems = Object.values(jetStreamPolicies).flatMap((policy) => policy(changed));
    expect(problems.join('\n')).toContain(said);
  });
});
