import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { TEST_JWT_KEY } from '@ticketing/testing';
import { getJson, kubectl, NAMESPACE, tryKubectl } from './kubectl';
import { MANIFESTS, writeOverlay } from './overlay';
import { say, timed } from './report';
import { createSecrets } from './secrets';
import { readSettings } from './settings';
import { untilAllReady } from './workloads';

/** On the namespace: these tests made it, and may delete it. */
const OURS = 'ticketing.dev/made-by-tests';
/** Volumes and pods have to go first (ms). */
const GONE_WITHIN_MS = 180_000;

/** Where the overlay lies that was applied, for the tests. */
export function overlay(): string {
  const folder = process.env['TICKETING_OVERLAY'];
  if (!folder) throw new Error('nothing is installed: run these tests by npm run test:k8s');
  return folder;
}

/**
 * Installs the system for all tests on the cluster, and resolves when all of it is ready.
 * @throws when the namespace exists and was not made by these tests, because it may hold data
 */
export async function install(): Promise<void> {
  const settings = readSettings();
  const { stdout } = await tryKubectl(['get', 'namespace', NAMESPACE, '--ignore-not-found', '--output', 'name']);
  if (stdout !== '') await assertOurs();
  await removeNamespace();
  await kubectl(['apply', '--filename', join(MANIFESTS, 'namespace.yaml')]);
  await kubectl(['annotate', 'namespace', NAMESPACE, `${OURS}=true`]);
  // The tests sign in with a key that they know; k8s:secrets leaves alone what is there.
  await kubectl(['create', 'secret', 'generic', 'ticketing-jwt', `--from-literal=JWT_KEY=${TEST_JWT_KEY}`]);
  await createSecrets();
  process.env['TICKETING_OVERLAY'] = writeOverlay(settings);
  await timed('from apply until everything is ready', async () => {
    await kubectl(['apply', '-k', overlay()]);
    await untilAllReady();
  });
}

/** Removes everything that `install` made, volumes included, unless KEEP=1. */
export async function uninstall(): Promise<void> {
  rmSync(overlay(), { recursive: true, force: true });
  if (readSettings().keep) say(`namespace ${NAMESPACE} is kept; delete it: kubectl delete namespace ${NAMESPACE}`);
  else await removeNamespace();
}

async function assertOurs(): Promise<void> {
  const { metadata } = await getJson<{ metadata: { annotations?: Record<string, string> } }>('namespace', NAMESPACE);
  if (metadata.annotations?.[OURS] === 'true') return;
  throw new Error(
    `namespace ${NAMESPACE} is there and was not made by these tests, which would delete it with all its data. ` +
      'Take another cluster, or, if nobody needs it, delete it yourself.',
  );
}

async function removeNamespace(): Promise<void> {
  const args = ['delete', 'namespace', NAMESPACE, '--ignore-not-found', `--timeout=${GONE_WITHIN_MS / 1_000}s`];
  await kubectl(args, { withinMs: GONE_WITHIN_MS });
}
