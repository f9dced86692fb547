import { contracts, type Subject } from '@ticketing/common';
import { operations } from '@ticketing/common/api';
import { factsOf, ownerOf, perServiceSettled, publishedBy, type ServiceName, serviceNames } from '@ticketing/services';
import { configOf, replicasOf } from '@ticketing/services/code';
import type { ServiceProcess } from '@ticketing/start';
import { TestSystem } from '../system/system.helper';

let system: TestSystem;
let running: Record<ServiceName, ServiceProcess>;
beforeAll(async () => {
  system = await TestSystem.open();
  running = await perServiceSettled((name) => system.start(name));
});
afterAll(() => system?.close());

/** The values of a label in the metrics of a service. */
async function labelsOf(name: ServiceName, metric: string, label: string): Promise<string[]> {
  const scrape = await (await fetch(`${running[name].url}/metrics`)).text();
  const values = [...scrape.matchAll(new RegExp(`^${metric}\\{.*?\\b${label}="([^"]+)"`, 'gm'))];
  return [...new Set(values.map(([, value = '']) => value))].sort();
}

describe.each(serviceNames)('what the list of services says of %s is true', (name) => {
  const { consumes, owns, replicas, routes } = factsOf(name);

  test('it consumes these channels', async () => {
    expect(await labelsOf(name, 'ticketing_lost_history_total', 'subject')).toEqual([...consumes].sort());
  });

  test('it has these collections, and as many outboxes as it owns', async () => {
    const found = await system.databases[name].listCollections();
    const names = found.map((one) => one.name);
    expect(names).toEqual(expect.arrayContaining([...Object.keys(owns), ...Object.keys(replicas)]));
    expect(await labelsOf(name, 'ticketing_outbox_pending', 'aggregate')).toHaveLength(Object.keys(owns).length);
  });

  test('its replicas are of what other services own, and it consumes their events', () => {
    for (const { subjects } of replicasOf(name)) {
      expect(consumes).toEqual(expect.arrayContaining([...subjects]));
      expect(subjects.map(ownerOf)).not.toContain(name);
      expect(subjects.map(ownerOf)).not.toContain(undefined);
    }
    expect(replicasOf(name)).toHaveLength(Object.keys(replicas).length);
  });

  test('it answers at its routes, through the ingress too', async () => {
    for (const route of routes) {
      const statusesOf = (method: string) =>
        Promise.all([running[name].url, system.url].map(async (url) => (await fetch(url + route, { method })).status));
      expect([await statusesOf('GET'), await statusesOf('POST')]).toContainEqual([401, 401]);
    }
  });

  test('its configuration is found by its name', () => {
    expect(Object.values(configOf(name)).map(({ env }) => env)).toContain('MONGO_URI');
  });
});

test('an event has one owner at most, and each path of the API one service', () => {
  const subjects = Object.keys(contracts) as Subject[];
  const published = serviceNames.flatMap(publishedBy);
  expect([...new Set(published)].sort()).toEqual([...published].sort());
  expect(subjects).toEqual(expect.arrayContaining(published));
  const routes = serviceNames.flatMap((name) => factsOf(name).routes);
  for (const { path } of operations) {
    expect([path, routes.filter((route) => path === route || path.startsWith(`${route}/`)).length]).toEqual([path, 1]);
  }
});
