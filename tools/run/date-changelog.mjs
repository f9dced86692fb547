// What `lerna version` runs when all packages have the new version: in CHANGELOG.md it becomes the heading of what is new.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, ROOT, run } from './processes.mjs';

const file = join(ROOT, 'CHANGELOG.md');
const { version } = JSON.parse(readFileSync(join(ROOT, 'lerna.json'), 'utf8'));
const date = new Date().toISOString().slice(0, 10);
const heading = `## ${version} (${date})`;
writeFileSync(file, readFileSync(file, 'utf8').replace(/^## Unreleased\n/m, `## Unreleased\n\n${heading}\n`));
must(run('git', ['add', 'CHANGELOG.md']));
