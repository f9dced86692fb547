import { dashboard, type Panel } from './files.helper';

const panels = dashboard().panels;
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

test('it can be imported: an id, a title, a schema, and the data source is chosen by a variable', () => {
  const { uid, title, schemaVersion, templating } = dashboard();
  expect({ uid, title }).toEqual({ uid: 'ticketing', title: 'Ticketing' });
  expect(schemaVersion).toBeGreaterThanOrEqual(36);
  expect(templating.list.map(({ name, type }) => [name, type])).toEqual([
    ['datasource', 'datasource'],
    ['service', 'query'],
  ]);
});

test('every panel has an id of its own, a title, and queries of the chosen data source and service', () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  for (const { type, title, datasource, targets = [] } of panels.filter((panel) => panel.type !== 'row')) {
    expect(type).toBe('timeseries');
    expect(title).not.toBe('');
    expect(datasource).toEqual(DATASOURCE);
    expect(targets.map(({ refId }) => refId)).toEqual(['A', 'B', 'C'].slice(0, Math.max(1, targets.length)));
    for (const target of targets) {
      expect(target.datasource).toEqual(DATASOURCE);
      expect(target.expr).toContain('service=~"$service"');
    }
  }
});

const overlap = ({ gridPos: a }: Panel, { gridPos: b }: Panel) =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

test('no panel lies over another, and none beside the grid of 24 columns', () => {
  for (const panel of panels) {
    expect(panel.gridPos.x + panel.gridPos.w).toBeLessThanOrEqual(24);
    expect(panels.filter((other) => overlap(panel, other)).map(({ title }) => title)).toEqual([panel.title]);
  }
});
