import { serviceNames } from '@ticketing/services';
import { overlay } from './install';
import { kubectl, tryKubectl } from './kubectl';
import { BROKER, PODS_OF_SERVICE } from './workloads';

interface Applied {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly uid: string; readonly generation?: number };
  readonly spec?: unknown;
  readonly data?: unknown;
}

/** What is in the cluster of what the overlay names, without what controllers write. */
async function applied(): Promise<unknown[]> {
  const { items } = JSON.parse(await kubectl(['get', '-k', overlay(), '--output', 'json'])) as { items: Applied[] };
  return items.map(({ kind, metadata: { name, uid, generation }, spec, data }) => {
    return { kind, name, uid, generation, spec, data };
  });
}

async function podUids(): Promise<string[]> {
  return (await kubectl(['get', 'pods', '--output', 'jsonpath={.items[*].metadata.uid}'])).split(' ').sort();
}

test('to apply again changes no object and replaces no pod, and there is no difference to what is there', async () => {
  const [before, pods] = [await applied(), await podUids()];
  expect(before.length).toBeGreaterThan(20);
  expect(pods.length).toBe(serviceNames.length * (PODS_OF_SERVICE + 1) + BROKER.pods);
  const lines = (await kubectl(['apply', '-k', overlay()])).trim().split('\n');
  // kubectl sends the selector of a PodDisruptionBudget always, and the claims of a StatefulSet, to which the server has added
  // its defaults, and calls that "configured".
  const [budgets, sets] = ['poddisruptionbudget.policy/', 'statefulset.apps/'];
  expect(lines.filter((line) => !line.endsWith(' unchanged')).sort()).toEqual(
    [
      ...[...serviceNames, ...(BROKER.pods > 1 ? [BROKER.name] : [])].map((name) => `${budgets}${name} configured`),
      ...[BROKER.name, ...serviceNames.map((name) => `${name}-mongodb`)].map((name) => `${sets}${name} configured`),
    ].sort(),
  );
  expect(await applied()).toEqual(before);
  expect(await podUids()).toEqual(pods);
  expect(await tryKubectl(['diff', '-k', overlay()])).toEqual({ code: 0, stdout: '', stderr: '' });
});
