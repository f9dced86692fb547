import { join } from 'node:path';
import { testMain } from '@ticketing/testing/suites';

testMain('payments', join(__dirname, '../dist/main.js'), {
  env: { NATS_URL: 'http://nats', JWT_KEY: 'x'.repeat(32), LOG_LEVEL: 'loud' },
  problems: [
    'MONGO_URI is required: an address such as mongodb://localhost:27017',
    'NATS_URL must be an address such as nats://localhost:4222, or several separated by commas: it must begin with nats:// or tls://',
    'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent',
  ],
});
