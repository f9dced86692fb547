import { join } from 'node:path';
import { testMain } from '@ticketing/testing/suites';

testMain('orders', join(__dirname, '../dist/main.js'), {
  env: { MONGO_URI: 'localhost', JWT_KEY: '', ORDER_WINDOW_MS: '0', MAX_IN_FLIGHT: '-1' },
  problems: [
    'MONGO_URI must be an address such as mongodb://localhost:27017',
    'NATS_URL is required: an address such as nats://localhost:4222',
    'JWT_KEY is required: a secret that is not empty, or JWT_JWKS_URL instead of it',
    'MAX_IN_FLIGHT must be a whole number from 1 to 2147483647',
    'ORDER_WINDOW_MS must be milliseconds, a whole number from 1 to 2147483647',
  ],
});
