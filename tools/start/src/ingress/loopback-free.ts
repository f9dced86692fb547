import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * On macOS and BSD a port can be had for all addresses although another program has it for one of these, and then that program gets
 * what is sent to `localhost`. A machine may lack one of the two.
 * @throws the error EADDRINUSE when a program listens on this port of `localhost`
 */
export async function loopbackIsFree(port: number): Promise<void> {
  for (const host of ['127.0.0.1', '::1']) {
    const probe = createServer();
    try {
      await once(probe.listen(port, host), 'listening');
      await once(probe.close(), 'close');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') throw error;
    }
  }
}
