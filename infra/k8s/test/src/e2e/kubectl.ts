import { execFile } from 'node:child_process';

export const NAMESPACE = 'ticketing';
/** How long one command may take unless told otherwise (ms). */
const WITHIN_MS = 120_000;

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface KubectlOptions {
  /** Given to it on standard input. */
  readonly input?: string;
  readonly withinMs?: number;
}

/** Runs kubectl in the namespace of the system, whatever comes of it. @throws when there is no kubectl */
export function tryKubectl(args: readonly string[], { input, withinMs }: KubectlOptions = {}): Promise<Said> {
  const bounds = { timeout: withinMs ?? WITHIN_MS, killSignal: 'SIGKILL', maxBuffer: 2 ** 26 } as const;
  return new Promise((resolve, reject) => {
    const child = execFile('kubectl', ['--namespace', NAMESPACE, ...args], bounds, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number' && !error.killed)
        reject(new Error(`kubectl cannot be run: ${error.message}`));
      else resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
    child.stdin?.end(input ?? '');
  });
}

/** What it printed. @throws Error with what it complained about when it did not end with 0 */
export async function kubectl(args: readonly string[], options: KubectlOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await tryKubectl(args, options);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${stderr || stdout}`);
  return stdout;
}

/** The object or the list as the API server has it. */
export async function getJson<T>(...args: readonly string[]): Promise<T> {
  return JSON.parse(await kubectl(['get', ...args, '--output', 'json'])) as T;
}
