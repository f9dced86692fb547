import { CommanderError } from 'commander';
import { readOptions } from './options';

let printed: string;
beforeEach(() => {
  printed = '';
  const note = (text: string | Uint8Array) => {
    printed += String(text);
    return true;
  };
  jest.spyOn(process.stderr, 'write').mockImplementation(note);
  jest.spyOn(process.stdout, 'write').mockImplementation(note);
});
afterEach(() => jest.restoreAllMocks());

test('without options: all strategies, and the same seed each time', () => {
  const { strategies, ...options } = readOptions([]);
  expect(options).toEqual({ seed: 7, aggregates: 5, events: 8, json: false, html: undefined, broker: 'streaming' });
  expect(strategies).toHaveLength(9);
});

test('takes several strategies, in the order in which they are told', () => {
  const { strategies } = readOptions(['--strategy', 'versioned', 'naive', '--strategy', 'one-per-key']);
  expect(strategies.map(({ name }) => name)).toEqual(['naive', 'one-per-key', 'versioned']);
});

test.each([
  ['an unknown option', ['--sed', '1'], /unknown option '--sed'/],
  ['a seed that is none', ['--seed', 'x'], /seed.*whole number from 0/s],
  ['a negative number', ['--aggregates', '-1'], /aggregates.*from 1 to 100/s],
  ['too few events', ['--events', '1'], /events.*from 2 to 200/s],
  ['too many events', ['--aggregates', '100', '--events', '200'], /more than 2000 events/],
  ['an unknown strategy', ['--strategy', 'hope'], /Allowed choices are naive, one-consumer/],
  ['a page in a folder that is not there', ['--html', '/not/there/lab.html'], /folder \/not\/there is not there/],
  ['a page that is a folder', ['--html', __dirname], /It is a folder/],
  ['an argument too many', ['naive'], /too many arguments/],
])('refuses %s and says what is wrong', (_what, argv, message) => {
  expect(() => readOptions(argv)).toThrow(CommanderError);
  expect(printed).toMatch(message);
  expect(printed).toContain('--help lists the options');
});

test('--help names every option and the exit codes', () => {
  expect(() => readOptions(['--help'])).toThrow(expect.objectContaining({ exitCode: 0 }));
  for (const name of ['seed', 'aggregates', 'events', 'strategy', 'json', 'html', 'svg'])
    expect(printed).toContain(`--${name}`);
  expect(printed).toContain('Exit code');
});
