import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

// In a separate process, because jest replaces globals itself.
const PROGRAM = `
const places = { globalThis, JSON, Object, Array, 'Array.prototype': Array.prototype, 'String.prototype': String.prototype,
  Promise, 'Promise.prototype': Promise.prototype, 'Function.prototype': Function.prototype, Map, Set };
const functions = () => new Map(Object.entries(places).flatMap(([name, place]) => Reflect.ownKeys(place).map((key) =>
  [name + '.' + String(key), Object.getOwnPropertyDescriptor(place, key).value])).filter(([, value]) => typeof value === 'function'));
const before = functions();
require(process.argv[1]);
process.stdout.write(JSON.stringify([...functions()].filter(([name, value]) => before.has(name) && before.get(name) !== value).map(([name]) => name)));
`;

test('loading the package changes none of what Node brings: polyfills cost every process start, memory and speed', () => {
  const changed = execFileSync(process.execPath, ['-e', PROGRAM, join(__dirname, '../..', 'dist', 'index.js')], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  expect(JSON.parse(changed)).toEqual([]);
});

test('loading the package loads the client of no broker: a service uses one of them', () => {
  const program = `require(process.argv[1]); process.stdout.write(Object.keys(require.cache).join('\\n'));`;
  const args = ['-e', program, join(__dirname, '../..', 'dist', 'index.js')];
  const loaded = execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 30_000 }).split('\n');
  expect(loaded.length).toBeGreaterThan(100);
  expect(loaded.filter((file) => /@nats-io|node-nats-streaming/.test(file))).toEqual([]);
});
