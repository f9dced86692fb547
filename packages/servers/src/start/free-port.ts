import { createServer } from 'node:net';

/** A port on 127.0.0.1 that is free now. Another program may take it before it is used, so be ready to try another. */
export async function freePort(): Promise<number> {
  return listenOnce(0);
}

/** @throws an error that says what to do when something listens on this port of 127.0.0.1. */
export async function assertPortFree(port: number): Promise<void> {
  await listenOnce(port).catch((cause: unknown) => {
    throw new Error(`Port ${port} is taken. Stop what listens there, or choose another port.`, { cause });
  });
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}
