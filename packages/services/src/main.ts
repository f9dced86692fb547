import { readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writtenFiles } from './written/written';

// `npm run services`: writes what cannot read the list of services, and says what has changed.
const ROOT = join(__dirname, '..', '..', '..');

function present(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

const changed = writtenFiles().filter(({ path, text }) => present(join(ROOT, path)) !== text);
for (const { path, text } of changed) {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), text);
  process.stdout.write(`${path}: written\n`);
}
if (changed.length === 0) process.stdout.write('Everything is as the list of services says.\n');
