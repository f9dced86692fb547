import { randomBytes } from 'node:crypto';
import { serviceNames } from '@ticketing/services';

/** A Secret that the manifests refer to. */
export interface NeededSecret {
  readonly name: string;
  /** Its purpose in a few words. */
  readonly purpose: string;
  /** Its keys; each gets a value of its own. */
  readonly keys: readonly string[];
}

const mongodb = (service: string): NeededSecret => ({
  name: `${service}-mongodb`,
  purpose: `passwords of the MongoDB of ${service}`,
  keys: ['MONGO_PASSWORD', 'MONGO_ROOT_PASSWORD'],
});

const nats = (service: string): NeededSecret => ({
  name: `${service}-nats`,
  purpose: `password of ${service} at nats-server`,
  keys: ['NATS_PASSWORD'],
});

/** All that `infra/k8s` refers to, in any overlay. */
export const neededSecrets: readonly NeededSecret[] = [
  { name: 'ticketing-jwt', purpose: 'the key that signs tokens', keys: ['JWT_KEY'] },
  ...serviceNames.map(mongodb),
  ...serviceNames.map(nats),
  {
    name: 'nats',
    purpose: 'passwords of people and nodes at nats-server',
    keys: ['OPERATOR_PASSWORD', 'SYSTEM_PASSWORD', 'NODE_PASSWORD'],
  },
];

/**
 * The Secret as an object of Kubernetes, with new random values: 32 bytes in hex, which an address may contain
 * unescaped.
 */
export function newSecret({ name, keys }: NeededSecret): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, labels: { 'app.kubernetes.io/part-of': 'ticketing' } },
    type: 'Opaque',
    stringData: Object.fromEntries(keys.map((key) => [key, randomBytes(32).toString('hex')])),
  };
}
