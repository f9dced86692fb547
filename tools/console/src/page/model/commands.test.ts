import { execFileSync } from 'node:child_process';
import { asCurl, asPublish, pretty, quoted } from './commands';

const HOSTILE = `it's $(touch x) "\`y\`" \\ <b>`;

test('a shell reads a quoted text as it was', () => {
  expect(execFileSync('sh', ['-c', `printf %s ${quoted(HOSTILE)}`], { encoding: 'utf8' })).toBe(HOSTILE);
});

test.each([
  ['ticket:created', { title: 'A', price: 1 }, `curl -X POST 'http://x/api/tickets'`],
  ['ticket:updated', { id: 'a1', title: 'A', price: 1 }, `curl -X PUT 'http://x/api/tickets/a1'`],
  ['order:created', { ticket: { id: 't1' } }, `-d '{"ticketId":"t1"}'`],
  ['order:cancelled', { id: 'o1' }, `curl -X DELETE 'http://x/api/orders/o1'`],
])('%s as the call that leads to it', (subject, event, words) => {
  expect(asCurl(subject, JSON.stringify(event), 'http://x')).toContain(words);
});

test('no call leads to a payment, or to what is no JSON', () => {
  expect(asCurl('payment:created', '{}', 'http://x')).toBeUndefined();
  expect(asCurl('ticket:created', 'no JSON', 'http://x')).toBeUndefined();
  expect(asPublish('ticket:created', 'no JSON')).toBe(`npm run nats:publish -- ticket:created 'no JSON'`);
  expect(pretty('no JSON')).toBe('no JSON');
});
