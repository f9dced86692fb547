import { withoutPassword } from './without-password';

test.each([
  ['mongodb://127.0.0.1:27017', 'mongodb://127.0.0.1:27017'],
  ['mongodb://alice:secret@one:1,two:2/tickets?ssl=true', 'mongodb://***@one:1,two:2/tickets?ssl=true'],
  ['mongodb://alice:se/cr@et@one:1', 'mongodb://***@one:1'],
  ['nats://token@one:4222', 'nats://***@one:4222'],
  ['bob:se/cr@et@one:1', '***@one:1'],
  ["option '--url <url>' argument 'bob:secret@h' is invalid", "option '--url <url>' argument '***@h' is invalid"],
  ['cannot use "mongodb://a:b@one" nor nats://c:d@two', 'cannot use "mongodb://***@one" nor nats://***@two'],
])('%s', (text, expected) => {
  expect(withoutPassword(text)).toBe(expected);
});
