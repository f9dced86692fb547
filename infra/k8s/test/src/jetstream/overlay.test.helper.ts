import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type JetStreamCluster,
  type RunningJetStream,
  startJetStream,
  startJetStreamCluster,
} from '@ticketing/servers';
import { inCapitals, perService, serviceNames } from '@ticketing/services';
import { build } from '../manifests/build';
import type { Objects } from '../manifests/objects';
import { natsFiles } from '../policies/jetstream-policies';

/** Of digits, which the server takes for a number unless they are in quotes, as the pods have them. */
const OF_SERVICES = perService((name) => `${101 + serviceNames.indexOf(name)}`);
export const PASSWORDS = { ...OF_SERVICES, operator: '303', system: '404', node: '505' } as const;
export type User = keyof typeof PASSWORDS;

/** What `kubectl apply -k` of the overlay applies. */
export function jetStreamOverlay(): Promise<Objects> {
  return build('overlays/jetstream');
}

/** The addresses of servers for one of their users. */
export function urlFor(user: User, url: string): string {
  return url.replaceAll('://', `://${user}:${PASSWORDS[user]}@`);
}

/** One server that knows the users of the overlay. */
export async function serverWithUsers(): Promise<RunningJetStream> {
  const users = natsFiles(await jetStreamOverlay())['users.conf'] ?? '';
  return startJetStream({ config: users, env: environment({ NATS_URL: '' }) });
}

/** Three processes with the very files of the overlay; only their addresses and folders are those of this machine. */
export async function clusterOfOverlay(objects: Objects): Promise<JetStreamCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'ticketing-nats-'));
  for (const [name, text] of Object.entries(natsFiles(objects))) writeFileSync(join(folder, name), text);
  const withPassword = (route: string) => urlFor('node', route);
  const cluster = await startJetStreamCluster({
    names: ['nats-0', 'nats-1', 'nats-2'],
    node: ({ name, route, routes }) => ({
      args: ['-c', join(folder, 'nats.conf'), '--cluster', withPassword(route)],
      env: environment({ POD_NAME: name, ROUTES: JSON.stringify(routes.map(withPassword)) }),
    }),
  });
  const remove = async () => {
    await cluster.remove();
    rmSync(folder, { recursive: true });
  };
  return { ...cluster, remove };
}

function environment(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const quoted = Object.entries(PASSWORDS).map(
    ([user, word]) => [`${inCapitals(user)}_PASSWORD`, `"${word}"`] as const,
  );
  return { ...process.env, ...Object.fromEntries(quoted), ...more };
}
