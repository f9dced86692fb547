import { build } from '../manifests/build';
import { systems } from '../manifests/kustomizations';
import type { Objects } from '../manifests/objects';
import { policies } from './policies';

describe.each(systems())('%s', (folder) => {
  let objects: Objects;
  beforeAll(async () => {
    objects = await build(folder);
  });

  test.each(Object.entries(policies))('%s', (_, policy) => {
    expect(policy(objects)).toEqual([]);
  });
});
