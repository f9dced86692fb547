import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..', '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const packageJson = JSON.parse(read('package.json')) as { engines: { node: string } };

/** The version that is recommended, and every place that names it. */
test.each([
  ['.nvmrc', /^(\d+)$/m],
  ['.devcontainer/devcontainer.json', /typescript-node:(\d+)-/],
  ['Dockerfile', /node:(\d+)-/],
  ['tools/operate/Dockerfile', /node:(\d+)-/],
  ['README.md', /Node (\d+) is recommended/],
])('%s names the Node that is recommended', (file, place) => {
  expect(place.exec(read(file))?.[1]).toBe('24');
});

test('the least version is the same in package.json, in README.md and at the start', () => {
  const [, least = 'none'] = /^>=(\d+\.\d+)$/.exec(packageJson.engines.node) ?? [];
  expect(read('README.md')).toContain(`Node ${least} or newer`);
  expect(read('tools/run.mjs')).toContain(`Node ${least} or later is needed`);
});
