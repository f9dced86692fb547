import { join } from 'node:path';
import { testMain } from '@ticketing/testing/suites';

testMain('tickets', join(__dirname, '../dist/main.js'), {
  env: { PORT: '99999', NATS_URL: 'http://nats', LOG_LEVEL: 'loud', ACK_WAIT_MS: '1s' },
  problems: [
    'PORT must be a port, a whole number from 0 to 65535',
    'MONGO_URI is required: an address such as mongodb://localhost:27017',
    'NATS_URL must be an address such as nats://localhost:4222, or several separated by commas: it must begin with nats:// or tls://',
    'JWT_KEY is required: a secret that is not empty, or JWT_JWKS_URL instead of it',
    'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent',
    'ACK_WAIT_MS must be milliseconds, a whole number from 1000 to 2147483647',
  ],
});
