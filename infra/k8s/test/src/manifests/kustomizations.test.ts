import { kustomizations } from './kustomizations';

test('finds what can be applied, and not the parts of it', () => {
  expect(kustomizations()).toEqual(expect.arrayContaining(['.', 'overlays/gateway', 'overlays/prod']));
  expect(kustomizations()).not.toContain('base');
  expect(kustomizations()).not.toContain('base/tickets');
});
