import { NatsUrlError, readNatsUrl, shownNatsUrl } from './nats-url';

test.each([
  ['nats://localhost:4222', { url: 'nats://localhost:4222', servers: [] }],
  ['nats://localhost', { url: 'nats://localhost:4222', servers: [] }],
  ['here:1', { url: 'nats://here:1', servers: [] }],
  ['tls://here/', { url: 'tls://here:4222', servers: [] }],
  ['NATS://10.0.0.1:4222\n', { url: 'nats://10.0.0.1:4222', servers: [] }],
  ['nats://a:1,nats://b:2', { url: 'nats://a:1', servers: ['nats://b:2'] }],
  [' a:1 , b, nats://c:3 ', { url: 'nats://a:1', servers: ['nats://b:4222', 'nats://c:3'] }],
  ['nats://bob:secret@a:1', { url: 'nats://a:1', servers: [], user: 'bob', pass: 'secret' }],
  ['bob:secret@a', { url: 'nats://a:4222', servers: [], user: 'bob', pass: 'secret' }],
  ['nats://b%40b:p%3A%40%23%25%2C@a', { url: 'nats://a:4222', servers: [], user: 'b@b', pass: 'p:@#%,' }],
  ['nats://t%2Fk@a', { url: 'nats://a:4222', servers: [], token: 't/k' }],
  ['nats://u:p@a,nats://u:p@b', { url: 'nats://a:4222', servers: ['nats://b:4222'], user: 'u', pass: 'p' }],
  ['nats://u:p@a,nats://b', { url: 'nats://a:4222', servers: ['nats://b:4222'], user: 'u', pass: 'p' }],
])('%j is %j', (text, expected) => {
  expect(readNatsUrl(text)).toEqual(expected);
});

const ENCODE = /percent-encoded \(: as %3A/;

test.each([
  ['', /no host/],
  ['nats://', /no host/],
  ['nats://a,,nats://b', /no host/],
  ['nats://:4222', /no host/],
  ['nats://bob:secret@', /no host/],
  ['nats://a:99999', /from 1 to 65535/],
  ['nats://a:0', /from 1 to 65535/],
  ['nats://a:', /from 1 to 65535/],
  ['nats://a:port', /from 1 to 65535/],
  ['http://bob:secret@a:1', /begin with nats:\/\/ or tls:\/\//],
  ['nats://[::1]:4222', /IPv6/],
  ['[::1]', /IPv6/],
  ['::1', /IPv6/],
  ['nats://a,tls://b', /all servers must be/],
  ['nats://u:secret@a,nats://u:secret2@b', /the same user and password/],
  ['nats://bob:se:cret@a', ENCODE],
  ['nats://bob:se@cret@a', ENCODE],
  ['nats://bob:se#cret@a', ENCODE],
  ['nats://bob:se%cret@a', ENCODE],
  ['nats://bob:se/cret@a', ENCODE],
  ['nats://bob:se?cret@a', ENCODE],
  ['nats://bob:se cret@a', ENCODE],
  ['nats://bob:se,cret@a', ENCODE],
  ['nats://bob:12,34@a', ENCODE],
  ['nats://bob:secret%FF@a', ENCODE],
  ['nats://:secret@a', ENCODE],
  ['nats://bob:@a', ENCODE],
  ['nats://a/orders', /nothing may follow the port/],
  ['nats://a b', /a name or an IPv4 address/],
])('%j is refused with the reason, and nothing of it is repeated', (text, reason) => {
  const read = () => readNatsUrl(text);
  expect(read).toThrow(NatsUrlError);
  expect(read).toThrow(reason);
  expect(read).not.toThrow(/secret|cret@|bob/);
});

test('what is shown of an address has every server and no password', () => {
  expect(shownNatsUrl('nats://bob:secret@a,b:1')).toBe('nats://a:4222,nats://b:1');
});
