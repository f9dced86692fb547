import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from './build';
import { MANIFESTS } from './kustomizations';
import { type KubernetesObject, type Objects, ofKind, workloads } from './objects';

interface Service extends KubernetesObject {
  readonly spec: { readonly ports: readonly { readonly port: number }[] };
}

const COMMAND = 'kubectl port-forward (-n ticketing )?(svc|service|pod)/[a-z0-9-]+( [0-9]+(:[0-9]+)?)+';

/** What pages and programs tell people to forward, such as `svc/tickets-mongodb 27017:27017`. */
const told = execFileSync('git', ['grep', '-hoE', COMMAND, '--', '*.md', '*/src/*.ts', ':!*.test*'], {
  ...{ cwd: join(MANIFESTS, '..', '..'), encoding: 'utf8' },
})
  .trim()
  .split('\n')
  .map((command) => command.replace(/^kubectl port-forward (-n ticketing )?/, ''));

let system: Objects;
beforeAll(async () => {
  system = await build('.');
});

/** The ports of a Service, or of a pod of a StatefulSet; none where there is no such object. */
function portsOf(kind: string, name: string): readonly number[] {
  if (kind !== 'pod') {
    const service = ofKind<Service>(system, 'Service').find(({ metadata }) => metadata.name === name);
    return service?.spec.ports.map(({ port }) => port) ?? [];
  }
  const set = workloads(system).find(({ metadata }) => metadata.name === name.replace(/-\d+$/, ''));
  return set?.spec.template.spec.containers.flatMap(({ ports = [] }) => ports.map((port) => port.containerPort)) ?? [];
}

test('the ports that people are told to forward are there', () => {
  expect(told.length).toBeGreaterThan(3);
  const missing = told.filter((command) => {
    const [object = '', ...pairs] = command.split(' ');
    const [kind = '', name = ''] = object.split('/');
    const ports = portsOf(kind, name);
    return pairs.some((pair) => !ports.includes(Number(pair.split(':').at(-1))));
  });
  expect(missing).toEqual([]);
});
