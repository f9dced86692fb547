import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writtenFiles } from './written';

const ROOT = join(__dirname, '..', '..', '..', '..');

test.each(writtenFiles())('$path is what the list of services says; if not: npm run services', ({ path, text }) => {
  expect(readFileSync(join(ROOT, path), 'utf8')).toBe(text);
});
