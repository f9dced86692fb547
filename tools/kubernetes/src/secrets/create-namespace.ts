import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failed, kubectl, type Place, placeArgs } from '../kubectl';
import { isForbidden } from '../kubectl-words';

const MANIFEST = join(__dirname, '..', '..', '..', '..', 'infra', 'k8s', 'namespace.yaml');
const RIGHTS = 'get and create namespaces';

interface Namespace {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
}

/** `there`: it exists and enforces Pod Security. `lax`: it exists and does not. `hidden`: the user may not look. */
export type NamespaceState = 'created' | 'there' | 'lax' | 'hidden';

/**
 * Creates the namespace of the place from infra/k8s/namespace.yaml, unless it exists; an existing one stays unchanged.
 * @throws CommandError that says why it cannot be created
 */
export async function createNamespace(place: Place, signal: AbortSignal): Promise<NamespaceState> {
  const found = await kubectl(['get', 'namespace', place.namespace, '--output', 'json', ...placeArgs(place)], {
    signal,
  });
  if (found.failure === undefined) {
    const { metadata } = JSON.parse(found.stdout) as Namespace;
    return metadata.labels?.['pod-security.kubernetes.io/enforce'] === 'restricted' ? 'there' : 'lax';
  }
  if (isForbidden(found.failure)) return 'hidden'; // a user with one namespace often may not see that it exists
  if (!found.failure.includes('(NotFound)'))
    throw failed('kubectl cannot look for the namespace', found.failure, place, RIGHTS);

  const input = readFileSync(MANIFEST, 'utf8').replace(/^ {2}name: ticketing$/m, `  name: ${place.namespace}`);
  const { failure } = await kubectl(['create', '--filename', '-', ...placeArgs(place)], { signal, input });
  if (failure === undefined) return 'created';
  if (failure.includes('(AlreadyExists)')) return 'there'; // another program was faster
  throw failed('kubectl cannot create the namespace', failure, place, RIGHTS);
}
