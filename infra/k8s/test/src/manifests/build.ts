import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findOnPath, goInstall } from '@ticketing/servers';
import { parseAllDocuments } from 'yaml';
import { MANIFESTS } from './kustomizations';
import type { Objects } from './objects';

const VERSION = '5.8.0';
const KUSTOMIZE = {
  module: `sigs.k8s.io/kustomize/kustomize/v5@v${VERSION}`,
  program: 'kustomize',
  folder: `kustomize-${VERSION}-${process.platform}-${process.arch}`,
  instead: 'put kubectl or kustomize on PATH',
};

/** What `kubectl apply -k` of this folder, relative to infra/k8s, would apply. @throws Error that says why it cannot be built */
export async function build(folder: string, env: NodeJS.ProcessEnv = process.env): Promise<Objects> {
  const [command, verb] = await builder(env);
  const { stdout } = await promisify(execFile)(command, [verb, join(MANIFESTS, folder)], { env });
  return parseAllDocuments(stdout).map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return document.toJS() as Objects[number];
  });
}

/** kubectl, since it is what people use; where there is none, Kustomize, which takes half a minute to build once. */
export async function builder(env: NodeJS.ProcessEnv = process.env): Promise<readonly [command: string, verb: string]> {
  const kubectl = await findOnPath('kubectl', env);
  if (kubectl !== undefined) return [kubectl, 'kustomize'];
  const log = (line: string) => process.stderr.write(`${line}\n`);
  return [(await findOnPath('kustomize', env)) ?? (await goInstall(KUSTOMIZE, { env, log })), 'build'];
}
