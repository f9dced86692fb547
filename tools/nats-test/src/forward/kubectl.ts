import { execFile } from 'node:child_process';
import { CommandError } from '@ticketing/command-line';
import { hintFor, reasonOf } from './kubectl-words';
import { parsePods, type Pod } from './pods';

/** How long one question to the cluster may take (ms). */
const ANSWER_WITHIN_MS = 10_000;

const NO_KUBECTL =
  'There is no kubectl on the PATH. Install it (https://kubernetes.io/docs/tasks/tools), and see that\n' +
  '`kubectl get nodes` shows your cluster.';

/** Where to look, in the words of kubectl; what is not said comes from the kubeconfig, as kubectl finds it. */
export interface Place {
  readonly namespace: string;
  readonly context?: string | undefined;
  readonly selector: string;
}

/** The options that name a place of the cluster. */
export function placeArgs({ namespace, context }: Place): string[] {
  return ['--namespace', namespace, ...(context === undefined ? [] : ['--context', context])];
}

/** All pods with the label, whatever their state. @throws CommandError that says why they cannot be listed, and what to do */
export async function getPods(place: Place, signal: AbortSignal): Promise<Pod[]> {
  const args = ['get', 'pods', '--selector', place.selector, '--output', 'json', ...placeArgs(place)];
  const { stdout, failure } = await kubectl(args, signal);
  if (failure !== undefined) throw failed('kubectl cannot list the pods', failure, place);
  return parsePods(stdout);
}

/** kubectl lists no pods in a namespace that does not exist, without a complaint. @throws CommandError when it does not */
export async function assertNamespace(place: Place, signal: AbortSignal): Promise<void> {
  const { failure } = await kubectl(['get', 'namespace', place.namespace, ...placeArgs(place)], signal);
  // Who may not look at namespaces is told nothing, and may be right.
  if (failure?.includes('NotFound')) throw failed('kubectl finds no such namespace', failure, place);
}

/** @param failure what kubectl printed */
export function failed(what: string, failure: string, place: Place): CommandError {
  return new CommandError(`${what}: ${reasonOf(failure)}\n${hintFor(failure, place)}`);
}

/** `failure` is what kubectl printed when it ended with an error. @throws CommandError when there is no kubectl */
function kubectl(args: string[], signal: AbortSignal): Promise<{ stdout: string; failure: string | undefined }> {
  const bounds = { timeout: ANSWER_WITHIN_MS, killSignal: 'SIGKILL', signal } as const;
  return new Promise((resolve, reject) => {
    const child = execFile('kubectl', args, bounds, (error, stdout, stderr) => {
      if (signal.aborted) return reject(signal.reason as Error);
      if (error?.code === 'ENOENT') return reject(new CommandError(NO_KUBECTL));
      const said = error?.killed ? `no answer within ${ANSWER_WITHIN_MS / 1000} s` : stderr;
      resolve({ stdout, failure: error ? said || error.message : undefined });
    });
    child.stdin?.end(); // kubectl asks for a name and a password where the kubeconfig has none
  });
}
