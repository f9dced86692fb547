import { neededSecrets } from '@ticketing/kubernetes';
import { type Container, nameOf, type Objects, ofComponent } from '../manifests/objects';
import { each, ofContainers, type Policy } from './policy';

/** The value of another variable, in quotes or not, or nothing. */
const REFERENCE = /^("?)(\$\(\w+\))?\1$/;

/** Secrets are made in the cluster, by `npm run k8s:secrets` or by a person; a ConfigMap is not for them either. */
const nothingSecret: Policy = (objects) => [
  ...each(
    objects.filter(({ kind }) => kind === 'Secret'),
    nameOf,
    () => 'is committed',
  ),
  ...ofContainers(({ env = [] }) =>
    env
      .filter(({ name, value = '' }) => /(PASSWORD|KEY|SECRET|TOKEN)$/.test(name) && !REFERENCE.test(value))
      .map(({ name }) => `has the value of ${name} in it`),
  )(objects),
  ...each(objects, nameOf, (object) =>
    [...JSON.stringify(object).matchAll(/:\/\/[^@"/\s:]*:(?!\$\()([^@"/\s]+)@/g)].map(
      () => 'has a password in an address',
    ),
  ),
];

const secretsOf = ({ env = [] }: Container) =>
  env.flatMap(({ valueFrom }) => (valueFrom?.secretKeyRef ? [valueFrom.secretKeyRef] : []));

/** These are there only while a key is replaced (docs/kubernetes.md). */
const OPTIONAL = ['JWT_KEYS_PREVIOUS'];

/** A secret that is missing keeps the container from starting, and the pod's events name it. */
const secretsRequired = ofContainers((container) =>
  secretsOf(container)
    .filter(({ optional, key }) => optional === true && !OPTIONAL.includes(key))
    .map(({ name }) => `starts without its secret ${name}`),
);

/** MONGO_URI is what a person puts into the secret of a MongoDB that is not in the cluster. */
const secretsMade = ofContainers((container) =>
  secretsOf(container).flatMap(({ name, key }) => {
    const keys = neededSecrets.find((secret) => secret.name === name)?.keys ?? [];
    const byHand = name.endsWith('-mongodb') && key === 'MONGO_URI';
    return keys.includes(key) || byHand || OPTIONAL.includes(key)
      ? []
      : [`needs ${key} of the secret ${name}, which nobody makes`];
  }),
);

const databases = (objects: Objects) => ofComponent(objects, 'database');
const fromSecret = (container: Container | undefined, name: string) =>
  container?.env?.find((one) => one.name === name)?.valueFrom?.secretKeyRef;

const mongodbAsks: Policy = (objects) =>
  each(databases(objects), nameOf, ({ spec }) => {
    const container = spec.template.spec.containers[0];
    return [
      ...(container?.args?.includes('--auth') ? [] : ['lets everybody in: --auth is missing']),
      ...(fromSecret(container, 'MONGO_INITDB_ROOT_PASSWORD') ? [] : ['has no password of root']),
      ...(fromSecret(container, 'MONGO_PASSWORD') ? [] : ["has no password of the service's user"]),
    ];
  });

/** Each service signs in to its own MongoDB as its own user, with the password that this was made with. */
const ownCredentials: Policy = (objects) =>
  each(ofComponent(objects, 'service'), nameOf, ({ metadata: { name }, spec }) => {
    const container = spec.template.spec.containers[0];
    const whole = fromSecret(container, 'MONGO_URI');
    if (whole) return whole.name === `${name}-mongodb` ? undefined : `has the MongoDB of ${whole.name}`;
    const uri = container?.env?.find((one) => one.name === 'MONGO_URI')?.value;
    if (uri !== `mongodb://${name}:$(MONGO_PASSWORD)@${name}-mongodb:27017/${name}`)
      return 'does not sign in to its MongoDB';
    const its = databases(objects).find(({ metadata }) => metadata.name === `${name}-mongodb`)?.spec.template.spec
      .containers[0];
    const same = [container, its].map((one) => JSON.stringify(fromSecret(one, 'MONGO_PASSWORD')));
    if (same[0] === undefined || same[0] !== same[1]) return 'has another password than its MongoDB';
    return its?.env?.find((one) => one.name === 'MONGO_USER')?.value === name
      ? undefined
      : 'has no user in its MongoDB';
  });

/** Rules for secrets. */
export const secretPolicies = {
  'nothing secret is committed': nothingSecret,
  'no pod starts without its secrets': secretsRequired,
  'every secret is one that k8s:secrets makes': secretsMade,
  'MongoDB asks for credentials': mongodbAsks,
  'a service signs in to its own MongoDB': ownCredentials,
} satisfies Record<string, Policy>;
