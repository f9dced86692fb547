import { build } from '../manifests/build';
import { type Objects, ofKind, type Workload } from '../manifests/objects';
import { containerPolicies } from './container-policies';
import { installPolicies } from './install-policies';

/** Nobody calls its pod, so there is nothing to probe. */
const PROBES = 'every container has a startup, a readiness and a liveness probe';
const INSTALLED = ['everything is in one namespace', 'everything has the recommended labels'];
const policies = [
  ...Object.entries(containerPolicies).filter(([name]) => name !== PROBES),
  ...Object.entries(installPolicies).filter(([name]) => INSTALLED.includes(name)),
];

let objects: Objects;
beforeAll(async () => {
  // The policies know no Jobs: a pod is a pod.
  objects = (await build('overlays/bridge')).map((one) => (one.kind === 'Job' ? { ...one, kind: 'Deployment' } : one));
});

test.each(policies)('the bridge: %s', (_name, policy) => {
  expect(policy(objects)).toEqual([]);
});

test('the bridge knows both brokers by the variables of its command', () => {
  const [job] = ofKind<Workload>(objects, 'Deployment');
  const [container] = job?.spec.template.spec.containers ?? [];
  expect(container?.args).toEqual(['bridge', '--json']);
  expect(container?.env?.map(({ name }) => name)).toEqual([
    'OPERATOR_PASSWORD',
    'BRIDGE_FROM',
    'BRIDGE_TO',
    'NATS_CLUSTER_ID',
  ]);
});
