import { databaseUrl } from './database-url';

test.each([
  ['mongodb://127.0.0.1:27017', 'mongodb://127.0.0.1:27017/orders'],
  ['mongodb://127.0.0.1:27017/', 'mongodb://127.0.0.1:27017/orders'],
  ['mongodb://a:1,b:2/tickets?replicaSet=rs', 'mongodb://a:1,b:2/orders?replicaSet=rs'],
  ['mongodb://me:secret@a:1/admin', 'mongodb://me:secret@a:1/orders?authSource=admin'],
  ['mongodb://me:secret@a:1', 'mongodb://me:secret@a:1/orders?authSource=admin'],
  ['mongodb://me:secret@a:1/?replicaSet=rs', 'mongodb://me:secret@a:1/orders?replicaSet=rs&authSource=admin'],
  ['mongodb+srv://me:secret@a.test', 'mongodb+srv://me:secret@a.test/orders?authSource=admin'],
  ['mongodb://me@a:1/?authMechanism=MONGODB-X509', 'mongodb://me@a:1/orders?authMechanism=MONGODB-X509'],
  ['mongodb://me@a:1/x?authMechanism=GSSAPI', 'mongodb://me@a:1/orders?authMechanism=GSSAPI'],
  [
    'mongodb://me:secret@a:1/?authMechanism=PLAIN',
    'mongodb://me:secret@a:1/orders?authMechanism=PLAIN&authSource=%24external',
  ],
  ['mongodb+srv://me:secret@a.test/?authSource=x', 'mongodb+srv://me:secret@a.test/orders?authSource=x'],
])('the database of %s', (server, expected) => {
  expect(databaseUrl(server, 'orders')).toBe(expected);
});

test('what is not a MongoDB address is refused with an example', () => {
  expect(() => databaseUrl('127.0.0.1:27017', 'orders')).toThrow('it looks like mongodb://host:27017');
});
