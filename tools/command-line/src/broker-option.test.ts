import { Command } from 'commander';
import { brokerOption } from './broker-option';

const before = process.env['BROKER'];
afterEach(() => {
  if (before === undefined) delete process.env['BROKER'];
  else process.env['BROKER'] = before;
});

function read(args: string[], variable: string): unknown {
  process.env['BROKER'] = variable;
  const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  return command.addOption(brokerOption()).parse(args, { from: 'user' }).opts()['broker'];
}

test.each([
  [[], '', 'streaming'],
  [[], 'jetstream', 'jetstream'],
  [['--broker', 'streaming'], 'jetstream', 'streaming'],
  [['--broker', 'jetstream'], 'nonsense', 'jetstream'],
])('%j with BROKER="%s" is %s', (args, variable, engine) => {
  expect(read(args, variable)).toBe(engine);
});

test('another engine is refused with those that there are', () => {
  expect(() => read(['--broker', 'kafka'], '')).toThrow(/The engines are streaming and jetstream\.$/);
  expect(() => read([], 'kafka')).toThrow(/BROKER.*The engines are streaming and jetstream\.$/);
});
