import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { MANIFESTS } from '../manifests/kustomizations';
import { publishedSchemas, schemaErrors } from '../manifests/schema';

const namespace = parse(readFileSync(join(MANIFESTS, 'namespace.yaml'), 'utf8'));

test('the namespace is one that Kubernetes takes, and refuses pods that are more than a program', async () => {
  expect(schemaErrors(namespace, await publishedSchemas())).toEqual([]);
  expect(namespace).toMatchObject({
    kind: 'Namespace',
    metadata: { name: 'ticketing', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  });
});

test('its name is on a line of its own, where k8s:secrets replaces it', () => {
  expect(readFileSync(join(MANIFESTS, 'namespace.yaml'), 'utf8').match(/^ {2}name: ticketing$/gm)).toHaveLength(1);
});
