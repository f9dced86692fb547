import { sleep } from '@ticketing/common';
import { waitFor } from '@ticketing/testing';
import { MixedLoad } from '../system/mixed-load.helper';
import { TestSystem } from '../system/system.helper';
import { has, queries, rules } from './files.helper';
import { type Prometheus, startPrometheus } from './prometheus.helper';

jest.setTimeout(180_000);

/** What shows nothing while all is well. */
const EMPTY_WHEN_WELL = ['Errors by route: 5xx, and callers who did not wait'];
/** The window of rates: of so many scrapes, one each second. */
const WINDOW_S = 10;

const withPrometheus = has('prometheus') ? describe : describe.skip;
withPrometheus('a Prometheus that reads both services under load (needs prometheus on PATH)', () => {
  let system: TestSystem;
  let load: MixedLoad;
  let prometheus: Prometheus;

  beforeAll(async () => {
    system = await TestSystem.open();
    const services = await Promise.all([system.start('tickets'), system.start('orders')]);
    prometheus = await startPrometheus(services.map(({ url }) => url));
    load = new MixedLoad({ url: system.url });
    await waitFor(async () => (await prometheus.query('up == 1')).length === 2);
    await sleep(WINDOW_S * 1_000); // the rates want this time whatever the machine does
  });
  afterAll(async () => {
    await load.end();
    await prometheus.stop();
    await system.close();
  });

  const asked = queries().map(({ panel, expr }) => ({
    panel,
    expr: expr.replaceAll('$__rate_interval', `${WINDOW_S}s`).replaceAll('$service', '.+'),
  }));

  test('every query of the dashboard has data', async () => {
    const without: string[] = [];
    for (const { panel, expr } of asked) {
      const samples = await prometheus.query(expr);
      if (!samples.some(({ value }) => Number.isFinite(value))) without.push(panel);
    }
    expect(without.filter((panel) => !EMPTY_WHEN_WELL.includes(panel))).toEqual([]);
  });

  test.each([
    ['Rate by route', 'both services', 0],
    ['Published', 'what is published', 0],
    ['Consumed by outcome', 'what is applied', 0],
    ['Lag, from recorded to applied', 'how long that takes', 0],
    ['Memory', 'what they hold', 1e7],
    ['MongoDB connections', 'their connections', 0],
  ])('%s: %s, with values that can be', async (title, _, more) => {
    const expr = asked.find(({ panel }) => panel === title)?.expr ?? '';
    const samples = await prometheus.query(`max by (service) (${expr}) > ${more} or max(${expr}) > ${more}`);
    expect(samples.length).toBeGreaterThan(0);
  });

  test('Prometheus evaluates every rule, and none fires while all is well', async () => {
    const all = () => prometheus.rules();
    await waitFor(async () => (await all()).every(({ health }) => health !== 'unknown'));
    expect((await all()).map(({ name, health }) => [name, health])).toEqual(rules().map(({ alert }) => [alert, 'ok']));
    expect((await all()).filter(({ state }) => state === 'firing')).toEqual([]);
    for (const { expr } of rules()) expect(await prometheus.query(expr)).toEqual([]);
  });

  test('a query that is none is refused', async () => {
    await expect(prometheus.query('rate(')).rejects.toThrow('parse error');
  });
});
