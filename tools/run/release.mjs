import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, ROOT, run, say, tool } from './processes.mjs';

/**
 * `npm run release -- minor`: gives all packages the next version, dates CHANGELOG.md, commits and tags that, and shows what would be
 * published. It pushes and publishes nothing.
 */
export function release([bump = '', ...rest]) {
  if (!/^(patch|minor|major|\d+\.\d+\.\d+)$/.test(bump) || rest.length > 0) {
    say('usage: npm run release -- patch|minor|major|VERSION');
    process.exit(2);
  }
  const [, news = ''] = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8').split(/^## .*\n/m);
  if (news.trim() === '') {
    say('CHANGELOG.md has nothing under Unreleased, so there is nothing to release.');
    process.exit(1);
  }
  process.env['NX_DAEMON'] = 'false'; // lerna would leave one behind
  // All packages, so that each has the version of the tag. tools/run/date-changelog.mjs is run by the script `version`.
  must(tool('lerna/dist/cli.js', ['version', bump, '--yes', '--no-push', '--force-publish']));
  must(run('npm', ['publish', '--dry-run', '--workspace', 'packages/common']));
  say(
    '\nNothing is published yet. To do that:\n  git push --follow-tags && npx lerna publish from-git --yes\nTo take it back:',
  );
  say('  git tag -d $(git describe) && git reset --hard HEAD~1');
}
