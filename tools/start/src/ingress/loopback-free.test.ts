import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePort } from '@ticketing/servers';
import { loopbackIsFree } from './loopback-free';

test.each(['127.0.0.1', '::1', '::'])('a port that a program has at %s is not free; afterwards it is', async (host) => {
  const port = await freePort();
  const other = createServer();
  await once(other.listen(port, host), 'listening');
  try {
    await expect(loopbackIsFree(port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  } finally {
    await once(other.close(), 'close');
  }
  await loopbackIsFree(port);
});
