import { withoutCredentials } from './without-credentials';

test.each([
  ['nats://nats:4222', 'nats://nats:4222'],
  ['cannot reach nats://user:secret@nats:4222: refused', 'cannot reach nats://***@nats:4222: refused'],
  ['mongodb://user:se,cr/et@a:1,b:2/x', 'mongodb://***@a:1,b:2/x'],
  ['mongodb://user:se@cret@a:1/x', 'mongodb://***@a:1/x'],
  ['nats://u:secret@a,nats://u:secret@b', 'nats://***@b'],
  ['two: http://u:secret@a and http://u:secret@b', 'two: http://***@a and http://***@b'],
  ['write to alice@example.com', 'write to alice@example.com'],
])('%s becomes %s', (text, expected) => {
  expect(withoutCredentials(text)).toBe(expected);
});

test('a long text of slashes takes no time', () => {
  const text = '/'.repeat(200_000);
  const start = performance.now();
  expect(withoutCredentials(`${text} nats://u:secret@a`)).toBe(`${text} nats://***@a`);
  expect(performance.now() - start).toBeLessThan(10_000);
});

test('of a long run without a space, too, nothing before the last @ is left', () => {
  expect(withoutCredentials(`nats://u:${'/'.repeat(50_000)}@a`)).toBe('nats://***@a');
});
