import { broken, objectOf } from './broken.test.helper';
import { build } from './build';
import { kustomizations, systems } from './kustomizations';
import { nameOf, type Objects } from './objects';
import { type FindSchema, publishedSchemas, schemaErrors } from './schema';

let find: FindSchema;
let base: Objects;
let gateway: Objects;
beforeAll(async () => {
  find = await publishedSchemas();
  [base, gateway] = await Promise.all([build('.'), build('overlays/gateway')]);
});

test.each(kustomizations())('%s: every object is what the API of Kubernetes 1.29 takes', async (folder) => {
  const objects = await build(folder);
  expect(objects.length).toBeGreaterThan(systems().includes(folder) ? 10 : 0);
  expect(objects.flatMap((object) => schemaErrors(object, find).map((error) => `${nameOf(object)}: ${error}`))).toEqual(
    [],
  );
});

test('the broker can be applied alone: its folder needs nothing of the rest', async () => {
  const objects = await build('base/nats-streaming');
  expect(objects.map(nameOf).sort()).toEqual([
    ...['Service nats-streaming', 'Service nats-streaming-nodes', 'StatefulSet nats-streaming'],
  ]);
  expect(objects.flatMap((object) => schemaErrors(object, find))).toEqual([]);
  // No secret, no claim and no account that something else would have to make.
  expect(JSON.stringify(objects)).not.toMatch(/secretKeyRef|configMap|serviceAccountName|"namespace"/);
});

const POD = 'spec/template/spec';
test.each([
  ['Deployment tickets', 'spec/replica', 2, '/spec: must NOT have additional properties (replica)'],
  [
    'Deployment tickets',
    `${POD}/containers/0/readinessprobe`,
    {},
    '/containers/0: must NOT have additional properties (readinessprobe)',
  ],
  ['Deployment tickets', 'metadata/label', {}, '/metadata: must NOT have additional properties (label)'],
  [
    'Deployment tickets',
    `${POD}/containers/0/lifecycle/preStop/wait`,
    {},
    '/preStop: must NOT have additional properties (wait)',
  ],
  ['Deployment tickets', `${POD}/containers/0/name`, undefined, "/containers/0: must have required property 'name'"],
  ['Deployment tickets', 'spec/selector', undefined, "/spec: must have required property 'selector'"],
  ['Deployment tickets', `${POD}/containers/0/ports/0/containerPort`, '3000', '/containerPort: must be integer'],
  ['Deployment tickets', `${POD}/containers/0/env/0/value`, 3000, '/value: must be string'],
  ['Deployment tickets', `${POD}/containers/0/resources/limits/memory`, '256MB', '/limits/memory: must match pattern'],
  [
    'Deployment tickets',
    `${POD}/containers/0/readinessProbe/httpGet/port`,
    true,
    '/port: must match exactly one schema in oneOf',
  ],
  [
    'Deployment tickets',
    `${POD}/containers/0/imagePullPolicy`,
    'IfAbsent',
    'must be equal to one of the allowed values (Always',
  ],
  [
    'Deployment tickets',
    `${POD}/securityContext/seccompProfile/type`,
    'Default',
    'must be equal to one of the allowed values (RuntimeDefault',
  ],
  [
    'Deployment tickets',
    `${POD}/topologySpreadConstraints/0/whenUnsatisfiable`,
    'Never',
    'must be equal to one of the allowed values (DoNotSchedule',
  ],
  ['Deployment tickets', `${POD}/enableServiceLinks`, null, '/enableServiceLinks: must be boolean'],
  [
    'Ingress ticketing',
    'spec/rules/0/http/paths/0/pathType',
    'Begin',
    'must be equal to one of the allowed values (Exact',
  ],
  ['NetworkPolicy dns', 'spec/policyTypes/0', 'Both', 'must be equal to one of the allowed values (Ingress'],
  [
    'StatefulSet nats-streaming',
    'spec/volumeClaimTemplates/0/spec/accessModes',
    'ReadWriteOnce',
    '/accessModes: must be array',
  ],
  ['StatefulSet nats-streaming', 'spec/serviceName', undefined, "/spec: must have required property 'serviceName'"],
  [
    'HorizontalPodAutoscaler orders',
    'spec/targetCPUUtilizationPercentage',
    70,
    '/spec: must NOT have additional properties (targetCPU',
  ],
])('%s with %s = %j is refused', (name, path, value, error) => {
  expect(schemaErrors(objectOf(broken(base, name, path, value), name), find).join('\n')).toContain(error);
});

test.each([
  ['Gateway ticketing', 'spec/gatewayClassName', undefined, "/spec: must have required property 'gatewayClassName'"],
  [
    'Gateway ticketing',
    'spec/listeners/0/allowedRoutes/namespaces/from',
    'Everywhere',
    'must be equal to one of the allowed values (All',
  ],
  [
    'HTTPRoute ticketing',
    'spec/rules/0/matches/0/path/type',
    'Prefix',
    'must be equal to one of the allowed values (Exact',
  ],
  ['HTTPRoute ticketing', 'spec/rules/0/backendRefs/0/port', 70000, '/port: must be <= 65535'],
  ['HTTPRoute ticketing', 'spec/hostnames/0', 'not a host', '/hostnames/0: must match pattern'],
  ['HTTPRoute ticketing', 'spec/host', 'ticketing.dev', '/spec: must NOT have additional properties (host)'],
  ['HTTPRoute ticketing', 'metadata/label', {}, '/metadata: must NOT have additional properties (label)'],
])('by the Gateway API: %s with %s = %j is refused', (name, path, value, error) => {
  expect(schemaErrors(objectOf(broken(gateway, name, path, value), name), find).join('\n')).toContain(error);
});

test('a kind that Kubernetes 1.29 does not have is refused', () => {
  expect(() => find('extensions/v1beta1', 'Ingress')).toThrow('has no extensions/v1beta1');
  expect(() => find('apps/v1', 'Deploy')).toThrow('has no Deploy in apps/v1');
});
