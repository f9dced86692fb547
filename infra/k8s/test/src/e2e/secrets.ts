import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MANIFESTS } from './overlay';

/** `npm run k8s:secrets`, as a person runs it. @returns what it printed */
export async function createSecrets(): Promise<string> {
  const root = join(MANIFESTS, '..', '..');
  const { stdout } = await promisify(execFile)('npm', ['run', '-s', 'k8s:secrets'], { cwd: root, timeout: 120_000 });
  return stdout;
}
