import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { refuseSwallowed, userPath } from './started-by-npm';

const command = () =>
  new Command('x')
    .option('--all', 'all')
    .option('--count <n>', 'as many')
    .option('--no-ack', 'none')
    .option('--max-in-flight <n>', 'most')
    .configureOutput({ writeErr: () => undefined })
    .exitOverride();

function refusal(args: string[], env: NodeJS.ProcessEnv): string | undefined {
  try {
    refuseSwallowed(command(), args, env);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
const listen = { npm_lifecycle_event: 'nats:listen' };

// What npm 11 makes of such a line was seen on npm 11.19: the value of an option that it does not know stays an argument.
test.each([
  [['orders'], { npm_config_all: 'true' }, 'orders --all'],
  [['a b'], { npm_config_ack: '' }, "'a b' --no-ack"],
  [['x'], { npm_config_count: '3' }, 'x --count 3'],
  [['x', '3'], { npm_config_count: 'true' }, '... --count <n>'],
  [['x', '3'], { npm_config_max_in_flight: 'true', npm_config_all: 'true' }, '... --all --max-in-flight <n>'],
])('%j with %j is refused with the line to type', (args, env, typed) => {
  const message = refusal(args, { ...listen, ...env });
  expect(message?.split(' Type: ')[1]).toBe(`npm run nats:listen -- ${typed}`);
});

test('of subcommands only the one that the line names is looked at, and a script of its own is not named twice', () => {
  const program = new Command('ops').exitOverride().configureOutput({ writeErr: () => undefined });
  for (const name of ['drop', 'list', 'audit']) program.addCommand(command().name(name));
  program.addCommand(new Command('count'));
  const env = { npm_config_all: 'true' };
  const of = (script: string, args: string[]) =>
    refuseSwallowed(program, args, { ...env, npm_lifecycle_event: script });
  expect(() => of('ops', ['drop'])).toThrow(/Type: npm run ops -- drop --all$/);
  expect(() => of('audit', ['audit'])).toThrow(/Type: npm run audit -- --all$/);
  expect(() => of('ops', ['count'])).not.toThrow();
});

test('a variable that makes it look like that is named', () => {
  expect(refusal(['x'], { ...listen, npm_config_max_in_flight: '3' })).toContain('npm_config_max_in_flight is set');
});

test('what is given, what npm did not start, and what the tests start is not refused', () => {
  expect(refusal(['x', '--all'], { ...listen, npm_config_all: 'true' })).toBeUndefined();
  expect(refusal(['x', '--count=3'], { ...listen, npm_config_count: '4' })).toBeUndefined();
  expect(refusal(['x'], { npm_config_all: 'true' })).toBeUndefined();
  expect(refusal(['x'], { npm_lifecycle_event: 'test', npm_config_all: 'true' })).toBeUndefined();
  expect(refusal(['x'], { ...listen, npm_config_all: '', npm_config_ack: 'true' })).toBeUndefined();
});

test('a setting of an npmrc is meant for npm', () => {
  const folder = mkdtempSync(join(tmpdir(), 'npmrc-'));
  const file = join(folder, '.npmrc');
  writeFileSync(file, 'color=false\nall = true\n');
  expect(refusal(['x'], { ...listen, npm_config_all: 'true', npm_config_userconfig: file })).toBeUndefined();
  expect(refusal(['x'], { ...listen, npm_config_all: 'true', npm_config_local_prefix: folder })).toBeUndefined();
  expect(refusal(['x'], { ...listen, npm_config_ack: '', npm_config_userconfig: file })).toBeDefined();
  rmSync(folder, { recursive: true });
});

test('a path is meant from where npm was called', () => {
  const env = { ...listen, INIT_CWD: '/home/alice/notes' };
  expect(userPath('events.jsonl', env)).toBe('/home/alice/notes/events.jsonl');
  expect(userPath('../events.jsonl', env)).toBe('/home/alice/events.jsonl');
  expect(userPath('/tmp/events.jsonl', env)).toBe('/tmp/events.jsonl');
  expect(userPath('events.jsonl', { INIT_CWD: '/home/alice' })).toBe(join(process.cwd(), 'events.jsonl'));
  expect(userPath('events.jsonl', { npm_lifecycle_event: 'test', INIT_CWD: '/' })).toBe(
    join(process.cwd(), 'events.jsonl'),
  );
});
