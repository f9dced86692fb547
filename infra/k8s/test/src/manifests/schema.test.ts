import { broken, objectOf } from './broken.test.helper';
import { build } from './build';
import { kustomizations } from './kustomizations';
import { nameOf, type Objects } from './objects';
import { type FindSchema, publishedSchemas } from './schema';
import { schemaErrors } from './schema-errors';

let find: FindSchema;
let base: Objects;
let gateway: Objects;
beforeAll(async () => {
  find = await publishedSchemas();
  [base, gateway] = await Promise.all([build('.'), build('overlays/gateway')]);
});

test.each(kustomizations())('%s: every object is what the API of Kubernetes 1.29 takes', async (folder) => {
  const objects = await build(folder);
  expect(objects.length).toBeGreaterThan(10);
  expect(objects.flatMap((object) => schemaErrors(object, find).map((error) => `${nameOf(object)}: ${error}`))).toEqual(
    [],
  );
});

const POD = 'spec/template/spec';
test.each([
  ['Deployment tickets', 'spec/replica', 2, 'spec.replica: there is no such field'],
  [
    'Deployment tickets',
    `${POD}/containers/0/readinessprobe`,
    {},
    'containers[0].readinessprobe: there is no such field',
  ],
  ['Deployment tickets', 'metadata/label', {}, 'metadata.label: there is no such field'],
  ['Deployment tickets', `${POD}/containers/0/lifecycle/preStop/wait`, {}, 'preStop.wait: there is no such field'],
  ['Deployment tickets', `${POD}/containers/0/name`, undefined, 'containers[0].name: is required'],
  ['Deployment tickets', 'spec/selector', undefined, 'spec.selector: is required'],
  ['Deployment tickets', `${POD}/containers/0/ports/0/containerPort`, '3000', 'must be of type integer'],
  ['Deployment tickets', `${POD}/containers/0/env/0/value`, 3000, 'must be of type string'],
  ['Deployment tickets', `${POD}/containers/0/resources/limits/memory`, '256MB', 'must be a quantity'],
  ['Deployment tickets', `${POD}/containers/0/readinessProbe/httpGet/port`, true, 'none of its types'],
  ['Deployment tickets', `${POD}/containers/0/imagePullPolicy`, 'IfAbsent', 'must be one of Always'],
  ['Deployment tickets', `${POD}/securityContext/seccompProfile/type`, 'Default', 'must be one of RuntimeDefault'],
  [
    'Deployment tickets',
    `${POD}/topologySpreadConstraints/0/whenUnsatisfiable`,
    'Never',
    'must be one of DoNotSchedule',
  ],
  ['Deployment tickets', `${POD}/enableServiceLinks`, null, 'must be of type boolean'],
  ['Ingress ticketing', 'spec/rules/0/http/paths/0/pathType', 'Begin', 'must be one of Exact'],
  ['NetworkPolicy dns', 'spec/policyTypes/0', 'Both', 'must be one of Ingress'],
  [
    'StatefulSet nats-streaming',
    'spec/volumeClaimTemplates/0/spec/accessModes',
    'ReadWriteOnce',
    'must be of type array',
  ],
  ['StatefulSet nats-streaming', 'spec/serviceName', undefined, 'spec.serviceName: is required'],
  ['HorizontalPodAutoscaler orders', 'spec/targetCPUUtilizationPercentage', 70, 'there is no such field'],
])('%s with %s = %j is refused', (name, path, value, error) => {
  expect(schemaErrors(objectOf(broken(base, name, path, value), name), find).join('\n')).toContain(error);
});

test.each([
  ['Gateway ticketing', 'spec/gatewayClassName', undefined, 'spec.gatewayClassName: is required'],
  ['Gateway ticketing', 'spec/listeners/0/allowedRoutes/namespaces/from', 'Everywhere', 'must be one of All'],
  ['HTTPRoute ticketing', 'spec/rules/0/matches/0/path/type', 'Prefix', 'must be one of Exact'],
  ['HTTPRoute ticketing', 'spec/rules/0/backendRefs/0/port', 70000, 'must be from 1 to 65535'],
  ['HTTPRoute ticketing', 'spec/hostnames/0', 'not a host', 'must match'],
  ['HTTPRoute ticketing', 'spec/host', 'ticketing.dev', 'spec.host: there is no such field'],
  ['HTTPRoute ticketing', 'metadata/label', {}, 'metadata.label: there is no such field'],
])('by the Gateway API: %s with %s = %j is refused', (name, path, value, error) => {
  expect(schemaErrors(objectOf(broken(gateway, name, path, value), name), find).join('\n')).toContain(error);
});

test('a kind that Kubernetes 1.29 does not have is refused', () => {
  expect(() => find('extensions/v1beta1', 'Ingress')).toThrow('has no extensions/v1beta1');
  expect(() => find('apps/v1', 'Deploy')).toThrow('has no Deploy in apps/v1');
});
