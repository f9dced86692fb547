import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesByPeople, MAY_NAME, mayName, naming } from './naming';
import { serviceNames } from './services';

const ROOT = join(__dirname, '..', '..', '..');
const files = filesByPeople(ROOT);
const named = naming(ROOT, files, serviceNames);

test('outside of the services only the list names one, and what is about its domain', () => {
  expect(files.length).toBeGreaterThan(500);
  expect(named.filter((file) => !mayName(file))).toEqual([]);
});

test.each(MAY_NAME)('%s is still the place of such a file: %s', (allowed) => {
  expect(named.filter((file) => allowed.test(file))).not.toEqual([]);
});

test('nothing but the list lists the services', () => {
  const quoted = `['"](${serviceNames.join('|')})['"]`;
  const list = new RegExp(`${quoted}( as const)?\\s*[,|]\\s*${quoted}`);
  const about = /^(bench|tools\/lab|tools\/operate\/src\/audit|packages\/common\/src\/(api|events))\//;
  const lists = (file: string) => list.test(readFileSync(join(ROOT, file), 'utf8'));
  expect(files.filter((file) => !about.test(file) && lists(file))).toEqual([]);
});
