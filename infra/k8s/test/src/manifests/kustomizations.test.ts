import { kustomizations, systems } from './kustomizations';

test('finds what can be applied, and not the parts of it', () => {
  expect(kustomizations()).toEqual(expect.arrayContaining(['.', 'overlays/gateway', 'overlays/prod']));
  expect(systems()).toEqual(kustomizations().filter((folder) => folder !== 'overlays/bridge'));
  expect(kustomizations()).toContain('overlays/bridge');
  expect(kustomizations()).not.toContain('base');
  expect(kustomizations()).not.toContain('base/services');
});
