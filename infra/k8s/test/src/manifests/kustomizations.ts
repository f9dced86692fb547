import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parse } from 'yaml';

/** The folder infra/k8s. */
export const MANIFESTS = join(__dirname, '..', '..', '..');
/** Each service has its own manifests in its folder. */
const SERVICES = join(MANIFESTS, '..', '..', 'services');
const FILE = 'kustomization.yaml';

interface Kustomization {
  readonly kind: string;
  readonly resources?: readonly string[];
}

/** The folders that a person may apply, and that bring the whole system, relative to infra/k8s. */
export function systems(): readonly string[] {
  return kustomizations().filter((folder) => reaches(resolve(MANIFESTS, folder), join(MANIFESTS, 'base')));
}

function reaches(folder: string, target: string): boolean {
  const parts = (read(folder).resources ?? []).map((resource) => resolve(folder, resource));
  return folder === target || parts.some((part) => existsSync(join(part, FILE)) && reaches(part, target));
}

const read = (folder: string) => parse(readFileSync(join(folder, FILE), 'utf8')) as Kustomization;

function foldersBelow(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(({ name, parentPath }) => name === FILE && !parentPath.includes('node_modules'))
    .map(({ parentPath }) => parentPath);
}

/** The folders that a person may apply, relative to infra/k8s: every kustomization that is not a part of another. */
export function kustomizations(): readonly string[] {
  const folders = foldersBelow(MANIFESTS);
  const parts = new Set(
    [...folders, ...foldersBelow(SERVICES)].flatMap((folder) =>
      (read(folder).resources ?? []).map((resource) => resolve(folder, resource)),
    ),
  );
  return folders
    .filter((folder) => read(folder).kind === 'Kustomization' && !parts.has(folder))
    .map((folder) => relative(MANIFESTS, folder) || '.')
    .sort();
}
