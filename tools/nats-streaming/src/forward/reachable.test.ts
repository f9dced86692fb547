import { reachable } from './reachable';

const usual = { client: 4222, monitor: 8222 };
const env = { TICKETING_DATA: '/nowhere' };

test('on the usual ports the commands find the server by themselves', () => {
  const lines = reachable('nats-0', usual, env);
  expect(lines).toContain('  npm run nats:monitor');
  expect(lines).toContain('  npm run nats:listen -- ticket:created --all');
});

test.each([
  ['other ports', { client: 5000, monitor: 5001 }, {}],
  ['another server that is named', usual, { NATS_URL: 'nats://other:4222', NATS_MONITOR_URL: 'http://other:8222' }],
])('with %s the commands say which', (_, ports, named) => {
  const lines = reachable('nats-0', ports, { ...env, ...named });
  expect(lines).toContain(`  NATS_MONITOR_URL=http://localhost:${ports.monitor} npm run nats:monitor`);
  expect(lines).toContain(`  NATS_URL=nats://localhost:${ports.client} npm run nats:listen -- ticket:created --all`);
});
