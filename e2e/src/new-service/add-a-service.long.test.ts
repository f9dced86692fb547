import { freePort } from '@ticketing/servers';
import { apply, blocks } from './document.helper';
import { Scratch } from './scratch.helper';

jest.setTimeout(1_200_000);

let scratch: Scratch;
beforeAll(() => (scratch = new Scratch()));
afterAll(() => scratch.remove());

const OWN = 'services/payments/';
/** What a program of the page prints once it is ready; it stays. */
const STAYING: readonly (readonly [command: string, ready: RegExp])[] = [
  ['node services/payments/dist/provider.test.program.js', /a payment provider at/],
  ['npm start', /# sell a ticket/],
];

test('the blocks of docs/add-a-service.md add a service that is paid by, and the audit agrees', async () => {
  const [port, providerPort] = [await freePort(), await freePort()].map(String) as [string, string];
  const env = { PORT: port, PROVIDER_PORT: providerPort, PROVIDER_URL: `http://127.0.0.1:${providerPort}` };
  const said: string[] = [];
  for (const block of blocks()) {
    apply(scratch.path(), block);
    if (block.kind !== 'commands') continue;
    const staying = STAYING.find(([command]) => block.text.split('\n').includes(command));
    if (staying) await scratch.start(...staying, env);
    else said.push(scratch.succeed(block.text, env));
  }
  const tried = said.at(-1) ?? '';
  expect(tried).toMatch(/"status":"complete"/);
  expect(tried).toMatch(/"sold":true/);
  expect(tried).toMatch(/Everything agrees: compared 1 tickets, 1 orders, \d+ events, 1 payments/);
  expect(tried).toMatch(/503/); // tok_silent: the first answer did not come

  scratch.succeed(`npx eslint --max-warnings 0 ${OWN} packages/services`);
  scratch.succeed(`npx prettier --check --ignore-unknown ${scratch.changed().join(' ')}`);
  expect(scratch.changed().filter((file) => !file.startsWith(OWN))).toEqual([
    ...['compose.yaml', 'infra/k8s/base/ingress.yaml', 'infra/k8s/base/services/kustomization.yaml'],
    ...['infra/k8s/overlays/gateway/http-route.yaml', 'infra/k8s/overlays/jetstream/nats/service-passwords.yaml'],
    ...['infra/k8s/overlays/jetstream/nats/users.conf', 'infra/k8s/overlays/jetstream/services.yaml'],
    ...['package-lock.json', 'packages/services/src/services.ts'],
    ...['services/tsconfig.src.json', 'services/tsconfig.test.json', 'skaffold.yaml'],
  ]);
});
