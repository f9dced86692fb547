import { databaseUrl } from './database-url';

test.each([
  ['mongodb://127.0.0.1:27017', 'mongodb://127.0.0.1:27017/orders'],
  ['mongodb://127.0.0.1:27017/', 'mongodb://127.0.0.1:27017/orders'],
  ['mongodb://a:1,b:2/tickets?replicaSet=rs', 'mongodb://a:1,b:2/orders?replicaSet=rs'],
  ['mongodb://me:secret@a:1/admin', 'mongodb://me:secret@a:1/orders?authSource=admin'],
  ['mongodb+srv://me:secret@a.test/?authSource=x', 'mongodb+srv://me:secret@a.test/orders?authSource=x'],
])('the database of %s', (server, expected) => {
  expect(databaseUrl(server, 'orders')).toBe(expected);
});

test('what is not a MongoDB address is refused with an example', () => {
  expect(() => databaseUrl('127.0.0.1:27017', 'orders')).toThrow('it looks like mongodb://host:27017');
});
