import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { goInstall } from '@ticketing/servers';

const WORKFLOW = join(__dirname, '..', '..', '..', '.github', 'workflows', 'ci.yml');
const VERSION = '1.7.12';

let actionlint: string;
beforeAll(async () => {
  actionlint = await goInstall(
    {
      module: `github.com/rhysd/actionlint/cmd/actionlint@v${VERSION}`,
      program: 'actionlint',
      folder: `actionlint-${VERSION}-${process.platform}-${process.arch}`,
      instead: 'run this where Go is',
    },
    { env: process.env, log: (line) => process.stderr.write(`${line}\n`) },
  );
}, 600_000);

/** What actionlint says of a workflow; nothing when it is right. shellcheck is used where it is on PATH. */
async function problemsOf(workflow: string): Promise<string> {
  const checking = promisify(execFile)(actionlint, ['-no-color', '-stdin-filename', 'ci.yml', '-']);
  checking.child.stdin?.end(workflow);
  const { stdout } = await checking.catch((error: unknown) => error as { stdout: string });
  return stdout;
}

test('actionlint finds nothing in the workflow of CI', async () => {
  expect(await problemsOf(readFileSync(WORKFLOW, 'utf8'))).toBe('');
});

test.each([
  ['a machine that there is not', 'ubuntu-24.04', 'ubuntu-24', 'label "ubuntu-24" is unknown'],
  ['an input that the action does not have', 'node-version-file:', 'node-file:', 'input "node-file" is not defined'],
  ['a misspelt context', 'github.event_name', 'github.event_nam', 'property "event_nam" is not defined'],
])('it finds %s', async (_, right, wrong, words) => {
  const workflow = readFileSync(WORKFLOW, 'utf8');
  expect(workflow).toContain(right);
  expect(await problemsOf(workflow.replaceAll(right, wrong))).toContain(words);
});
