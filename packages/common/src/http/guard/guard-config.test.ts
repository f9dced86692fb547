import { loadConfig } from '../../runtime/environment';
import { guardConfig } from './guard-config';

const trusted = (value: string) => loadConfig(guardConfig(), { TRUST_PROXY: value }).trustProxy;

test('by default a service trusts no proxy, and bounds every caller and request', () => {
  expect(loadConfig(guardConfig(), {})).toEqual({
    rateLimitPerMinute: 1_200,
    trustProxy: [],
    corsOrigins: [],
    httpConcurrency: 100,
    requestTimeoutMs: 30_000,
  });
});

test.each<[string, number | string[]]>([
  ['0', 0],
  ['2', 2],
  ['loopback', ['loopback']],
  ['uniquelocal, 203.0.113.7,2001:db8::/32', ['uniquelocal', '203.0.113.7', '2001:db8::/32']],
  ['10.0.0.0/8', ['10.0.0.0/8']],
])('TRUST_PROXY=%j is taken', (value, expected) => {
  expect(trusted(value)).toEqual(expected);
});

test.each([
  'true',
  'everybody',
  '-1',
  '10',
  '1.5',
  '10.0.0.0/33',
  '10.0.0.0/',
  '0.0.0.0/0',
  '::/0',
  '1.2.3',
  '1.2.3.4/8/8',
  '1,2',
])('TRUST_PROXY=%j is refused', (value) => {
  expect(() => trusted(value)).toThrow('TRUST_PROXY must be a list of addresses');
});

test('CORS_ORIGINS takes exact origins', () => {
  const given = ' https://shop.example,http://localhost:8080 , http://[::1]:3000,';
  expect(loadConfig(guardConfig(), { CORS_ORIGINS: given }).corsOrigins).toEqual([
    ...['https://shop.example', 'http://localhost:8080', 'http://[::1]:3000'],
  ]);
});

test.each([
  '*',
  'null',
  'shop.example',
  'https://shop.example/',
  'https://shop.example:443',
  'https://*.example',
  'ftp://a',
])('CORS_ORIGINS=%j is refused', (value) => {
  const load = () => loadConfig(guardConfig(), { CORS_ORIGINS: `https://a.example,${value}` });
  expect(load).toThrow('CORS_ORIGINS must be a list of origins');
});
