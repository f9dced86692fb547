import type { CommandError } from '@ticketing/command-line';
import * as kubernetes from '@ticketing/kubernetes';
import { parsePods, type Pod } from './pods';

const RIGHTS = 'list pods and to create pods/portforward';

/** Where the pods are. */
export interface Place extends kubernetes.Place {
  readonly selector: string;
}

/** All pods with the label, whatever their state. @throws CommandError that says why they cannot be listed, and what to do */
export async function getPods(place: Place, signal: AbortSignal): Promise<Pod[]> {
  const args = ['get', 'pods', '--selector', place.selector, '--output', 'json', ...kubernetes.placeArgs(place)];
  const { stdout, failure } = await kubernetes.kubectl(args, { signal });
  if (failure !== undefined) throw failed('kubectl cannot list the pods', failure, place);
  return parsePods(stdout);
}

/**
 * In a missing namespace kubectl lists no pods without an error. @throws CommandError when the namespace does not exist
 */
export async function assertNamespace(place: Place, signal: AbortSignal): Promise<void> {
  const args = ['get', 'namespace', place.namespace, ...kubernetes.placeArgs(place)];
  const { failure } = await kubernetes.kubectl(args, { signal });
  // A user that may not read namespaces gets no answer; the namespace may exist.
  if (failure?.includes('NotFound')) throw failed('kubectl finds no such namespace', failure, place);
}

/** @param failure what kubectl printed */
export function failed(what: string, failure: string, place: Place): CommandError {
  return kubernetes.failed(what, failure, place, RIGHTS);
}
