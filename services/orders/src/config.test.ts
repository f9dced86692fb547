import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeConfig } from '@ticketing/common';
import { ordersConfig } from './config';

// The table of the services; the next one is for npm start.
const [readme = ''] = readFileSync(join(__dirname, '../../../README.md'), 'utf8').split('| for npm start |');
const rows = [...readme.matchAll(/^\| `([A-Z_]+)` \| (.+?) \| (.+?) \|$/gm)].map(([, name, value, meaning]) => ({
  name,
  value: value?.replaceAll('`', ''),
  meaning: meaning?.replace('; orders only', ''),
}));

test("the README's table names every variable, its default and its meaning, and no other", () => {
  const variables = describeConfig(ordersConfig).map(({ name, required, default: value, description }) => ({
    name,
    value: required ? 'required' : name === 'NATS_CLIENT_ID' ? "the service's name" : value || 'none',
    meaning: description,
  }));
  expect(rows).toEqual(variables);
});

test('the rows of orders only are what orders adds to every service', () => {
  const marked = [...readme.matchAll(/^\| `([A-Z_]+)` .*; orders only \|$/gm)].map(([, name]) => name);
  expect(marked).toEqual(['ORDER_WINDOW_MS', 'ORDER_EXPIRY_SWEEP_MS']);
});
