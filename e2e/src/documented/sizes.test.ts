import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..', '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** What a channel may hold, as the programs say it: in Kubernetes, and on this machine. */
const inKubernetes = /-mb=(\d+)MB/.exec(read('infra/k8s/base/nats-streaming/stateful-set.yaml'))?.[1];
const onThisMachine = /'-mb', '(\d+)GB'/.exec(read('packages/servers/src/nats/start-nats.ts'))?.[1];

test.each([
  ['docs/operations.md', /^\| disk of the broker \|.*$/m],
  ['docs/performance.md', /^\| a channel of the broker \|.*$/m],
  ['docs/nats-streaming.md', /^\| `-mb`, `--max_bytes` \|.*$/m],
])('%s has the sizes of a channel that the programs have', (file, row) => {
  const text = (row.exec(read(file))?.[0] ?? '').replaceAll(/(\d) ?([MG]B)/g, '$1 $2');
  expect(text).toContain(`${inKubernetes} MB`);
  expect(text).toContain(`${onThisMachine} GB`);
});

test.each(['docs/operations.md', 'docs/nats-streaming.md'])('%s has the size of the volume in Kubernetes', (file) => {
  const [, volume] = /storage: (\d+)Gi/.exec(read('infra/k8s/base/nats-streaming/stateful-set.yaml')) ?? [];
  expect(read(file)).toContain(`${volume} Gi`);
});
