import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const main = join(__dirname, '../dist/main.js');

test('a bad environment exits with 1 and one message that names every problem, its own variables too', () => {
  const env = {
    PATH: process.env['PATH'],
    MONGO_URI: 'localhost',
    JWT_KEY: '',
    ORDER_WINDOW_MS: '0',
    MAX_IN_FLIGHT: '-1',
  };
  const { status, stdout, stderr } = spawnSync(process.execPath, [main], { env, encoding: 'utf8', timeout: 20_000 });
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toBe(
    [
      'orders: the configuration is wrong:',
      '  MONGO_URI must be an address such as mongodb://localhost:27017',
      '  NATS_URL is required: an address such as nats://localhost:4222',
      '  JWT_KEY is required: a secret that is not empty, or JWT_JWKS_URL instead of it',
      '  MAX_IN_FLIGHT must be a whole number from 1 to 2147483647',
      '  ORDER_WINDOW_MS must be milliseconds, a whole number from 1 to 2147483647',
      '',
    ].join('\n'),
  );
});
