import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isSameProcess, processBegan } from '@ticketing/servers';
import { dataFolder } from '@ticketing/start/addresses';
import { z } from 'zod';

const ownServer = z.object({
  /** The process of `npm run nats:server`, and when it began. */
  pid: z.int().positive(),
  began: z.string().optional(),
  /** When it was ready (ms since 1970). */
  at: z.number(),
  broker: z.enum(['streaming', 'jetstream']),
  url: z.string(),
  /** Undefined for JetStream, which has none. */
  clusterId: z.string().optional(),
  monitorUrl: z.string(),
});

/** Where a running `npm run nats:server` is. */
export type OwnServer = z.infer<typeof ownServer>;

const fileIn = (env: NodeJS.ProcessEnv) => join(dataFolder(env), 'nats-server.json');

/**
 * Notes this process as the `nats:server` that programs of the same data folder talk to; the last one that is noted counts. Where
 * nothing can be written, they do not find it.
 * @returns a function that takes the note away
 */
export function noteOwnServer(env: NodeJS.ProcessEnv, server: Omit<OwnServer, 'pid' | 'began' | 'at'>): () => void {
  const file = fileIn(env);
  const noted: OwnServer = { pid: process.pid, began: processBegan(process.pid), at: Date.now(), ...server };
  try {
    if (!existsSync(dirname(file))) mkdirSync(dirname(file));
    writeFileSync(file, `${JSON.stringify(noted, null, 2)}\n`, { mode: 0o600 });
  } catch {
    return () => undefined;
  }
  return () => {
    if (readOwnServer(env)?.pid === process.pid) rmSync(file, { force: true });
  };
}

/** The `nats:server` that was noted last, if it still runs. */
export function readOwnServer(env: NodeJS.ProcessEnv): OwnServer | undefined {
  try {
    const server = ownServer.parse(JSON.parse(readFileSync(fileIn(env), 'utf8')));
    return isSameProcess(server.pid, server.began) ? server : undefined;
  } catch {
    return undefined;
  }
}
