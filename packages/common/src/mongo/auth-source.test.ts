import { connectDatabase } from './database';
import { silentLogger, startMongoBetween, testDatabaseUri, testServers, waitFor } from '@ticketing/testing';

/** The database in which the driver looks up the user, as the wire shows; the substitute then refuses. */
async function lookedUpIn(addressOf: (host: string) => string): Promise<string> {
  const asked: string[] = [];
  const between = await startMongoBetween(testServers().mongoUrl, (command) => {
    if (command.name === 'saslStart') asked.push(command.database);
    command.pass();
  });
  const stopping = new AbortController();
  const { signal } = stopping;
  const uri = addressOf(new URL(between.url).host);
  const connecting = connectDatabase({ uri, defaultDbName: 'tickets', logger: silentLogger(), signal });
  connecting.catch(() => undefined);
  try {
    return await waitFor(() => asked[0]);
  } finally {
    stopping.abort();
    await connecting.catch(() => undefined);
    await between.close();
  }
}

test.each([
  ['no database is named', (host: string) => `mongodb://me:secret@${host}`, 'admin'],
  ['a database is named', (host: string) => `mongodb://me:secret@${host}/shop`, 'shop'],
  ['a place is named', (host: string) => `mongodb://me:secret@${host}/?authSource=users`, 'users'],
])('where %s, a user is looked up as the address says, not in the default database', async (_name, uri, expected) => {
  expect(await lookedUpIn(uri)).toBe(expected);
});

test('in a database of a test a user is looked up where the address of the server says', () => {
  const uri = (mongoUrl: string) => testDatabaseUri('test_1', { mongoUrl });
  expect(uri('mongodb://me:secret@a:1/?replicaSet=rs')).toBe(
    'mongodb://me:secret@a:1/test_1?replicaSet=rs&authSource=admin',
  );
  expect(uri('mongodb://me:secret@a:1/shop')).toBe('mongodb://me:secret@a:1/test_1?authSource=shop');
  expect(uri('mongodb://a:1')).toBe('mongodb://a:1/test_1');
});
