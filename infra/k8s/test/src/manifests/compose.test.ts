import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { goModule } from '@ticketing/servers';
import { serviceNames } from '@ticketing/services';
import { type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020';
import { parse } from 'yaml';
import { build } from './build';
import { MANIFESTS } from './kustomizations';
import { type KubernetesObject, nameOf, type Objects, ofKind, workloads } from './objects';

/** The schema that `docker compose` itself checks with; nothing of it is built. */
const COMPOSE = 'github.com/compose-spec/compose-go/v2@v2.16.2';

interface ComposeFile {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly image: string;
        readonly command?: readonly string[];
        readonly environment?: Readonly<Record<string, string>>;
        readonly depends_on?: object;
        readonly volumes?: readonly string[];
        readonly configs?: readonly { readonly source: string }[];
      }
    >
  >;
  readonly configs: Readonly<Record<string, { readonly content: string }>>;
  readonly volumes: object;
}

interface Ingress extends KubernetesObject {
  readonly spec: {
    readonly rules: readonly [
      {
        readonly http: {
          readonly paths: readonly {
            readonly path: string;
            readonly pathType: string;
            readonly backend: { readonly service: { readonly name: string } };
          }[];
        };
      },
    ];
  };
}

const FILE = join(MANIFESTS, '..', '..', 'compose.yaml');
const read = () => parse(readFileSync(FILE, 'utf8'), { merge: true }) as ComposeFile;

let validate: ValidateFunction;
let kubernetes: Objects;
beforeAll(async () => {
  const schema = join(await goModule(COMPOSE, process.env), 'schema', 'compose-spec.json');
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false });
  validate = ajv.compile(JSON.parse(readFileSync(schema, 'utf8')) as object);
  kubernetes = await build('.');
});

function errorsOf(file: unknown): readonly string[] {
  validate(file);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`);
}

test('compose.yaml is what the Compose Specification allows', () => {
  expect(errorsOf(read())).toEqual([]);
});

test.each([
  ['an unknown key', { depend_on: ['mongodb'] }, '/services/tickets: must NOT have unevaluated properties'],
  ['a port that is a map', { ports: { 3000: 3000 } }, '/services/tickets/ports: must be array'],
  ['an unknown condition', { depends_on: { mongodb: { condition: 'ready' } } }, 'must be equal to one of'],
])('one with %s is refused', (_, change, error) => {
  const { services, ...rest } = read();
  const changed = { ...rest, services: { ...services, tickets: { ...services['tickets'], ...change } } };
  expect(errorsOf(changed).join('\n')).toContain(error);
});

test('every service, volume and config that it names is there', () => {
  const { services, volumes, configs } = read();
  const missing = Object.entries(services).flatMap(([name, service]) => [
    ...Object.keys(service.depends_on ?? {}).filter((other) => !(other in services)),
    ...(service.volumes ?? []).map((volume) => volume.split(':')[0] ?? name).filter((volume) => !(volume in volumes)),
    ...(service.configs ?? []).map(({ source }) => source).filter((source) => !(source in configs)),
  ]);
  expect(missing).toEqual([]);
  expect(Object.keys(services)).toEqual([...serviceNames, 'ingress', 'mongodb', 'nats-streaming']);
});

test('servers have the versions and options that they have in Kubernetes', () => {
  const { services } = read();
  const containers = workloads(kubernetes).flatMap(({ spec }) => spec.template.spec.containers);
  const inKubernetes = (name: string) => containers.find((container) => container.name === name);
  for (const name of ['mongodb', 'nats-streaming']) expect(services[name]?.image).toBe(inKubernetes(name)?.image);
  expect(services['nats-streaming']?.command).toEqual(inKubernetes('nats-streaming')?.args);
});

test('services have no variable that they do not have in Kubernetes, and the same broker', () => {
  const { services } = read();
  for (const name of serviceNames) {
    const deployment = workloads(kubernetes).find((one) => nameOf(one) === `Deployment ${name}`);
    const env = new Map(deployment?.spec.template.spec.containers[0]?.env?.map((one) => [one.name, one.value]));
    const { MONGO_URI, JWT_KEY, ...others } = services[name]?.environment ?? {};
    expect(MONGO_URI).toBe(`mongodb://mongodb:27017/${name}`);
    expect(JWT_KEY).toMatch(/^\$\{JWT_KEY:\?/);
    expect(others).toEqual(Object.fromEntries(Object.keys(others).map((key) => [key, env.get(key)])));
  }
});

test('the paths lead where the Ingress of Kubernetes leads', () => {
  const { content } = read().configs['routes'] ?? { content: '' };
  const locations = [...content.matchAll(/location (= )?(\S+) \{ proxy_pass http:\/\/([\w-]+):3000; \}/g)];
  const routes = locations.map(([, exact, path, name]) => `${exact ? 'Exact' : 'Prefix'} ${path} ${name}`);
  const [ingress] = ofKind<Ingress>(kubernetes, 'Ingress');
  const paths = ingress?.spec.rules[0].http.paths ?? [];
  const expected = paths.map(({ path, pathType, backend }) => `${pathType} ${path} ${backend.service.name}`);
  expect(routes.sort()).toEqual([...expected].sort());
});
