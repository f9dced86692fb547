import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type ServiceName, serviceNames } from '@ticketing/services';
import { stringify } from 'yaml';
import type { Settings } from './settings';

/** The folder infra/k8s. */
export const MANIFESTS = join(__dirname, '..', '..', '..');
const IMAGES = serviceNames.map((name) => `ticketing/${name}`);

/** The nodes of nats-server may share a machine, and its disk. */
const ON_ONE_MACHINE = [
  { op: 'replace', path: '/spec/volumeClaimTemplates/0/spec/resources/requests/storage', value: '512Mi' },
  { op: 'remove', path: '/spec/template/spec/affinity' },
];

/**
 * Writes what the environment says into an overlay over e2e-overlay, since Kustomize reads no environment.
 * @returns its folder, for `kubectl apply -k`
 */
export function writeOverlay({ broker, storageClass, mongodbStandIn, imageRegistry }: Settings): string {
  const folder = mkdtempSync(join(tmpdir(), 'ticketing-k8s-'));
  const from = (name: string) => relative(folder, join(MANIFESTS, 'test', name)); // it takes no absolute path
  const storage = { op: 'add', path: '/spec/volumeClaimTemplates/0/spec/storageClassName', value: storageClass };
  const overlay = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [from(broker === 'jetstream' ? 'e2e-overlay-jetstream' : 'e2e-overlay')],
    images: [
      ...(mongodbStandIn ? [{ name: 'mongo', ...imageOf(mongodbStandIn) }] : []),
      ...(imageRegistry ? IMAGES.map((name) => ({ name, newName: `${imageRegistry}/${name}` })) : []),
    ],
    patches: [
      ...(mongodbStandIn ? serviceNames.map(withoutSigningIn) : []),
      ...(storageClass ? [{ target: { kind: 'StatefulSet' }, patch: stringify([storage]) }] : []),
      ...(broker === 'jetstream'
        ? [{ target: { kind: 'StatefulSet', name: 'nats' }, patch: stringify(ON_ONE_MACHINE) }]
        : []),
    ],
  };
  writeFileSync(join(folder, 'kustomization.yaml'), stringify(overlay));
  return folder;
}

/**
 * For a stand-in for MongoDB without authentication: the service does not sign in. The credentials stay in the manifests,
 * and what they do is not tested there.
 */
function withoutSigningIn(name: ServiceName): { patch: string } {
  const env = [{ name: 'MONGO_URI', value: `mongodb://${name}-mongodb:27017/${name}` }];
  const spec = { template: { spec: { containers: [{ name: 'service', env }] } } };
  const metadata = { name, namespace: 'ticketing' };
  return { patch: stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec }) };
}

function imageOf(image: string): { newName: string; newTag: string } {
  const [, newName = image, newTag = 'latest'] = /^(.*?)(?::([\w.-]+))?$/.exec(image) ?? [];
  return { newName, newTag };
}
