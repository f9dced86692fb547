import { connectDatabase } from '@ticketing/common';
import { silentLogger, startCommandLog, testServers, uniqueName } from '@ticketing/testing';
import { freshCollection } from './fresh-collection';

test('the swap is written with majority and journal, whatever the address says', async () => {
  const log = await startCommandLog(testServers().mongoUrl);
  const uri = `${log.url}&w=1&journal=false`;
  const connection = await connectDatabase({ uri, defaultDbName: uniqueName('test_'), logger: silentLogger() });
  await (await freshCollection(connection, 'copies', () => ({ firstMs: 1, maxMs: 1 }))).replace();
  const swaps = log.commands().filter(({ name }) => name === 'renameCollection');
  expect(swaps.map(({ body }) => body['writeConcern'])).toEqual([expect.objectContaining({ w: 'majority', j: true })]);
  await connection.dropDatabase();
  await connection.close();
  await log.close();
});
