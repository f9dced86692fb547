import { Scratch } from './scratch.helper';

jest.setTimeout(1_200_000);

let scratch: Scratch;
beforeAll(() => (scratch = new Scratch()));
afterAll(() => scratch.remove());

const NAME = 'loyalty-points';
const own = (file: string) => file.startsWith(`services/${NAME}/`);
/** What is written from the list of services, what npm writes, and the contract of the new event. */
const MADE = [
  'compose.yaml',
  ...['infra/k8s/base/ingress.yaml', 'infra/k8s/base/services/kustomization.yaml'],
  ...['infra/k8s/overlays/gateway/http-route.yaml', 'infra/k8s/overlays/jetstream/nats/service-passwords.yaml'],
  ...['infra/k8s/overlays/jetstream/nats/users.conf', 'infra/k8s/overlays/jetstream/services.yaml'],
  ...['package-lock.json', 'packages/common/src/events/declared.ts', 'packages/common/src/events/loyalty-point.ts'],
  ...[
    'packages/services/src/services.ts',
    'services/tsconfig.src.json',
    'services/tsconfig.test.json',
    'skaffold.yaml',
  ],
];

test('a new service passes lint, type check and its own suite as it is made; a second one of its name is refused', () => {
  const said = scratch.succeed(`npm run new:service -- ${NAME}`);
  expect(said).toContain('loyalty-point:created is new: also describe it in docs/events.md');
  expect(scratch.changed().filter((file) => !own(file))).toEqual(MADE);
  expect(scratch.changed().filter(own).length).toBeGreaterThan(15);

  const again = scratch.run(`npm run new:service -- ${NAME}`);
  expect(again.code).not.toBe(0);
  expect(again.output).toContain(`there is a service ${NAME} already: take another name, or remove services/${NAME}`);
  expect(scratch.run('npm run new:service -- loyaltyPoints').output).toContain(', such as loyalty-points');

  scratch.succeed('npx tsc -b');
  scratch.succeed(`npx eslint --max-warnings 0 services/${NAME} packages/services packages/common/src/events`);
  scratch.succeed(`npx prettier --check --ignore-unknown ${scratch.changed().join(' ')}`);
  const lock = scratch.read('package-lock.json');
  expect(lock).toContain(`"services/${NAME}"`);
  expect(lock).not.toMatch(/"resolved": "http/);
  expect(scratch.succeed(`npx jest services/${NAME} packages/services`)).toMatch(/Tests: +\d+ passed, \d+ total/);
  scratch.succeed('npx jest infra/k8s/test/src/manifests infra/k8s/test/src/policies/policies.test.ts');
});
