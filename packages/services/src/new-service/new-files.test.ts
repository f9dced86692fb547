import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventFiles, listWith, serviceFiles } from './new-files';

const ROOT = join(__dirname, '..', '..', '..', '..');
const names = { service: 'gift-cards', thing: 'gift-card' };

test('a service is its program, its tests and its manifests; nothing has the name of the template any more', () => {
  const files = serviceFiles(ROOT, names);
  expect(files.map(({ path }) => path.replace('services/gift-cards/', ''))).toEqual([
    'jest.config.cjs',
    ...['k8s/kustomization.yaml', 'k8s/mongodb/kustomization.yaml', 'k8s/network-policies.yaml'],
    ...['k8s/service/kustomization.yaml', 'package.json'],
    ...[
      'api',
      'config',
      'create-gift-card',
      'main.test',
      'main',
      'gift-card',
      'order-replica',
      'orders.test.helper',
    ].map((file) => `src/${file}.ts`),
    ...['src/re-emit.ts', 'src/service.test.ts', 'src/service.ts'],
    ...['tsconfig.json', 'tsconfig.src.json', 'tsconfig.test.json'],
  ]);
  for (const { path, text } of [...files, listWith(ROOT, names), ...eventFiles(ROOT, names)]) {
    expect([path, /new[-_ ]?things?\b/i.exec(text)?.[0]]).toEqual([path, undefined]);
    expect(text).toMatch(path.endsWith('.ts') || path.includes('k8s') ? /[Gg]ift|orders|OrderStatus/ : /./);
  }
});

test('it has the version of all packages, and asks for no other', () => {
  const read = (text: string) => JSON.parse(text) as { version: string; dependencies: Record<string, string> };
  const made = read(serviceFiles(ROOT, names).find(({ path }) => path.endsWith('package.json'))?.text ?? '');
  const { version } = read(readFileSync(join(ROOT, 'packages/common/package.json'), 'utf8'));
  expect([made.version, made.dependencies['@ticketing/common']]).toEqual([version, `^${version}`]);
});

test('its entry is the last one of the list', () => {
  expect(listWith(ROOT, names).text).toContain(`  },
  'gift-cards': {
    routes: ['/api/gift-cards'],
    owns: { gift_cards: ['gift-card:created'] },
    consumes: ['order:created', 'order:cancelled', 'order:completed'],
    replicas: { orders: 'order-replica' },
  },
} as const satisfies`);
});

test('its event is a contract among the others', () => {
  const [contract, declared] = eventFiles(ROOT, names);
  expect(contract?.path).toBe('packages/common/src/events/gift-card.ts');
  expect(contract?.text).toContain("export const giftCardCreated = defineEvent('gift-card:created'");
  expect(declared?.text).toContain("import { giftCardCreated } from './gift-card';\n\n/**");
  expect(declared?.text).toContain('  [giftCardCreated.subject]: giftCardCreated,\n};\n');
});
