import * as kubernetes from '@ticketing/kubernetes';

export const NAMESPACE = 'ticketing';
/** How long one command may take unless told otherwise (ms): applying and waiting take longer than a question. */
const WITHIN_MS = 120_000;

type Options = Pick<kubernetes.KubectlOptions, 'input' | 'withinMs'>;

/** Runs kubectl in the namespace of the system, whatever comes of it. @throws when there is no kubectl */
export function tryKubectl(args: readonly string[], options: Options = {}): Promise<kubernetes.KubectlResult> {
  return kubernetes.kubectl(['--namespace', NAMESPACE, ...args], { withinMs: WITHIN_MS, ...options });
}

/** Its output. @throws Error with its messages when it did not exit with 0 */
export async function kubectl(args: readonly string[], options: Options = {}): Promise<string> {
  const { code, stdout, failure } = await tryKubectl(args, options);
  if (failure !== undefined) throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${failure}`);
  return stdout;
}

/** The object or the list as the API server has it. */
export async function getJson<T>(...args: readonly string[]): Promise<T> {
  return JSON.parse(await kubectl(['get', ...args, '--output', 'json'])) as T;
}
