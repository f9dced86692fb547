import { CommanderError } from 'commander';
import { readOptions } from './options';
import { FAULT_KINDS } from './schedule';

const variable = process.env['BROKER'];
let printed: string;
beforeEach(() => {
  printed = '';
  delete process.env['BROKER'];
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  if (variable !== undefined) process.env['BROKER'] = variable;
});

test('by default every kind of fault, on NATS Streaming', () => {
  const { seed, ...options } = readOptions([]);
  expect(options).toEqual({ seconds: 60, faults: FAULT_KINDS, broker: 'streaming', nodes: 1 });
  expect(seed).toBeGreaterThanOrEqual(0);
});

test('JetStream is one server, or three', () => {
  const jetStream = ['--broker', 'jetstream'];
  expect(readOptions(jetStream)).toMatchObject({ broker: 'jetstream', nodes: 1 });
  expect(readOptions([...jetStream, '--nodes', '1'])).toMatchObject({ nodes: 1 });
  expect(readOptions([...jetStream, '--nodes', '3', '--minutes', '30'])).toMatchObject({ nodes: 3, minutes: 30 });
  process.env['BROKER'] = 'jetstream';
  expect(readOptions(['--nodes', '3'])).toMatchObject({ broker: 'jetstream', nodes: 3 });
});

test.each([
  [
    'three servers of NATS Streaming',
    ['--nodes', '3'],
    /--nodes 3 is for --broker jetstream: NATS Streaming runs as one/,
  ],
  ['two servers', ['--broker', 'jetstream', '--nodes', '2'], /--nodes.*'2' is invalid\. It must be 1 or 3\./],
  [
    'a number of servers that is none',
    ['--broker', 'jetstream', '--nodes', '3x'],
    /'3x' is invalid\. It must be 1 or 3\./,
  ],
  ['an unknown kind', ['--faults', 'nats-killed,luck'], /It must be some of nats-killed,nats-away,/],
  ['a seed that is none', ['--seed', 'x'], /seed.*whole number/s],
  ['an unknown option', ['--node', '3'], /unknown option '--node'/],
  ['an argument too many', ['jetstream'], /too many arguments/],
])('refuses %s and says what is wrong', (_what, argv, message) => {
  expect(() => readOptions(argv)).toThrow(CommanderError);
  expect(printed).toMatch(message);
});
