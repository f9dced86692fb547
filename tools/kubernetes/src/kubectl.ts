import { execFile } from 'node:child_process';
import { CommandError } from '@ticketing/command-line';
import { hintFor, reasonOf } from './kubectl-words';

/** How long one request to the cluster may take by default (ms). */
const ANSWER_WITHIN_MS = 10_000;
/** A list of a large namespace is longer than Node's default limit. */
const MAX_BYTES = 2 ** 26;

const NO_KUBECTL =
  'There is no kubectl on the PATH. Install it (https://kubernetes.io/docs/tasks/tools), and see that\n' +
  '`kubectl get nodes` shows your cluster.';

/** Where to look, in kubectl's terms; anything missing comes from the kubeconfig that kubectl finds. */
export interface Place {
  readonly namespace: string;
  readonly context?: string | undefined;
}

/** The options that name a place of the cluster. */
export function placeArgs({ namespace, context }: Place): string[] {
  return ['--namespace', namespace, ...(context === undefined ? [] : ['--context', context])];
}

export interface KubectlOptions {
  /** Ends kubectl; the signal's reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Its standard input. Secrets go here, because other users of the machine can read arguments. */
  readonly input?: string;
  /** How long it may take (ms). Default: 10 s. */
  readonly withinMs?: number;
}

export interface KubectlResult {
  /** -1 when it was killed. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Its output when it ended with an error. */
  readonly failure: string | undefined;
}

/** Runs kubectl and returns its result, success or not. @throws CommandError when kubectl is missing */
export function kubectl(args: readonly string[], options: KubectlOptions = {}): Promise<KubectlResult> {
  const { signal, input, withinMs = ANSWER_WITHIN_MS } = options;
  const bounds = { timeout: withinMs, killSignal: 'SIGKILL', maxBuffer: MAX_BYTES, ...(signal && { signal }) } as const;
  return new Promise((resolve, reject) => {
    const child = execFile('kubectl', args, bounds, (error, stdout, stderr) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      if (error?.code === 'ENOENT') return reject(new CommandError(NO_KUBECTL));
      const said = error?.killed ? `no answer within ${withinMs / 1000} s` : stderr;
      const code = error ? (typeof error.code === 'number' ? error.code : -1) : 0;
      resolve({ code, stdout, stderr, failure: error ? said || error.message : undefined });
    });
    child.stdin?.on('error', () => undefined); // it ended without reading it, and says why
    child.stdin?.end(input); // kubectl asks for a name and a password where the kubeconfig has none
  });
}

/**
 * The error for a person.
 * @param failure what kubectl printed
 * @param rights what the user must be allowed to do, such as "list pods"
 */
export function failed(what: string, failure: string, place: Place, rights: string): CommandError {
  return new CommandError(`${what}: ${reasonOf(failure)}\n${hintFor(failure, place, rights)}`);
}
