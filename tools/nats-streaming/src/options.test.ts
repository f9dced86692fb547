import { shownNatsUrl } from '@ticketing/common/nats-url';
import { readListenOptions } from './listen/listen-options';
import { readPublishOptions } from './publish/publish-options';
import { monitorAddress } from './client/server-address';

const env = { TICKETING_DATA: '/nowhere' };

let written: jest.SpiedFunction<typeof process.stderr.write>;
beforeEach(() => {
  written = jest.spyOn(process.stderr, 'write').mockReturnValue(true); // commander says there what is wrong
});
afterEach(() => jest.restoreAllMocks());

test.each([
  [['a b'], /no space/],
  [['a.*'], /no wildcard/],
  [['a/b'], /no \//],
  [['a..b'], /dots stand between/],
  [['größe'], /ASCII/],
  [['a', '--since', '99999999999d'], /not be longer than 100000d/],
  [['a', '--since', '10'], /It must be a time with its unit/],
  [['a', '--all', '--last'], /cannot be used with option/],
  [['a', '--since', '1m', '--from', '1'], /cannot be used with option/],
  [['a', '--from', '0'], /whole number from 1/],
  [['a', '--fail-rate', '2'], /It must be a number from 0 to 1/],
  [['a', '--ack-wait', '1500'], /whole seconds/],
  [['a', '--max-in-flight', '0'], /whole number from 1/],
  [['a', '--durable', 'x:y'], /colon/],
  [['a', '--client', 'a b'], /A client id has letters, digits, _ and - only/],
  [['a', '--url', 'http://here'], /It must be an address such as nats:\/\/localhost:4222/],
])('nats:listen %j is refused', (args, reason) => {
  expect(() => readListenOptions(args, env)).toThrow(reason);
});

test.each(['http://bob:secret@host', 'bob:secret@ho st', 'nats://bob:se secret@host', 'secret@bad:host:port'])(
  '--url %s is refused without printing the password',
  (url) => {
    expect(() => readListenOptions(['a', '--url', url], env)).toThrow();
    const said = written.mock.calls.join('');
    expect(said).toContain('--url <url>');
    expect(said).not.toContain('secret');
  },
);

test('NATS_URL that is no address is refused by its name, without its password', () => {
  const read = () => readListenOptions(['a'], { ...env, NATS_URL: 'http://bob:secret@host' });
  expect(read).toThrow('NATS_URL must be an address such as nats://localhost:4222');
  expect(() => monitorAddress(undefined, { ...env, NATS_MONITOR_URL: 'nats://a' })).toThrow('NATS_MONITOR_URL must be');
  const withUser = { ...env, NATS_MONITOR_URL: 'http://bob:secret@host:8222' };
  expect(() => monitorAddress(undefined, withUser)).toThrow(/^NATS_MONITOR_URL must be an address such as \S+$/);
});

test.each([
  ['here', 'nats://here:4222'],
  ['nats://here', 'nats://here:4222'],
  ['tls://bob:secret@here/', 'tls://here:4222'],
  ['nats://here,there:1\n', 'nats://here:4222,nats://there:1'],
  ['here:1', 'nats://here:1'],
])('--url %s is %s', (given, url) => {
  const read = readListenOptions(['a', '--url', given], env).url;
  expect(shownNatsUrl(read)).toBe(url);
});

test.each(['nats://', '[::1]:4222', 'nats://a b'])('--url %s is no address', (url) => {
  expect(() => readListenOptions(['a', '--url', url], env)).toThrow(/such as nats:/);
});

test.each([
  [['a'], /give the data, or --file, or --stdin/],
  [['a', 'b', '--stdin'], /give the data, or --file, or --stdin/],
  [['a', '--stdin', '--count', '2'], /--count cannot repeat/],
  [['a', '--stdin', '--file', 'x'], /cannot be used with option/],
  [['a', 'b', '--rate', '0.0000001'], /at least 0.001/],
  [['a', 'b', '--cluster', 'c d'], /no space/],
  [['a', 'b', 'c'], /too many arguments/],
])('nats:publish %j is refused', (args, reason) => {
  expect(() => readPublishOptions(args, env)).toThrow(reason);
});

test.each([
  [[], 'new'],
  [['--all'], 'all'],
  [['--last'], 'last'],
  [['--from', '42'], { from: 42 }],
  [['--since', '10m'], { sinceMs: 600_000 }],
  [['--since', '1.5h'], { sinceMs: 5_400_000 }],
])('nats:listen begins with %j at %j', (args, start) => {
  expect(readListenOptions(['a', ...args], env).start).toEqual(start);
});

test.each([
  [[], 'client'],
  [['--manual-ack'], 'ours'],
  [['--fail-rate', '0.3'], 'ours'],
  [['--no-ack'], 'never'],
])('with %j the acks are those of: %s', (args, acks) => {
  expect(readListenOptions(['a', ...args], env).acks).toBe(acks);
});

test('the server is the one that is named, else that of NATS_URL, else the one on the usual port; each has its own client id', () => {
  const address = (args: string[], more = {}) => {
    const { url, clusterId } = readListenOptions(['a', ...args], { ...env, ...more });
    return [url, clusterId];
  };
  const given = { NATS_URL: 'nats://there:4222', NATS_CLUSTER_ID: 'theirs' };
  expect(address([])).toEqual(['nats://localhost:4222', 'ticketing']);
  expect(address([], given)).toEqual(['nats://there:4222', 'theirs']);
  expect(address(['--url', 'here:1', '--cluster', 'ours'], given)).toEqual(['here:1', 'ours']);
  const [one, two] = [readListenOptions(['a'], env), readListenOptions(['a'], env)];
  expect(one.clientId).toMatch(/^listener-[A-Za-z0-9_-]+$/);
  expect(one.clientId).not.toBe(two.clientId);
});
