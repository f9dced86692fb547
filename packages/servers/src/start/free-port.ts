import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ListenOptions } from 'node:net';

/**
 * No system gives these to a client, or to a server that asks for any port: Linux begins at 32768, others at 49152.
 * Kubernetes gives those from 30000 on to its services.
 */
const PORTS = { first: 20_000, last: 29_999 };
const ATTEMPTS = 1_000;

/**
 * A port on 127.0.0.1 that is free now. Until this process ends no other call returns it, in any process (on Linux;
 * elsewhere that is only unlikely), so a test's own server can be down and come back. A program that chooses the number
 * itself may still take it.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const port = randomInt(PORTS.first, PORTS.last + 1);
    if (await reserve(port)) {
      const isFree = await assertPortFree(port).then(
        () => true,
        () => false,
      );
      if (isFree) return port;
    }
  }
  throw new Error(`no port from ${PORTS.first} to ${PORTS.last} of 127.0.0.1 is free`);
}

/** @throws an error that says what to do when something listens on this port of 127.0.0.1. */
export async function assertPortFree(port: number): Promise<void> {
  await listen({ port, host: '127.0.0.1' }).then(
    (server) => once(server.close(), 'close'),
    (cause: unknown) => {
      throw new Error(`Port ${port} is taken. Stop what listens there, or choose another port.`, { cause });
    },
  );
}

/** An abstract socket needs no file, and exists until its process ends (unix(7)). Returns whether nobody has it. */
async function reserve(port: number): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  return listen({ path: `\0ticketing-port-${port}` }).then(
    () => true,
    () => false,
  );
}

function listen(where: ListenOptions) {
  const server = createServer().unref();
  return new Promise<typeof server>((resolve, reject) => {
    server.once('error', reject).listen(where, () => resolve(server));
  });
}
