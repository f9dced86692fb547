import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSameProcess, processBegan } from '@ticketing/servers';
import { z } from 'zod';
import { readSettings } from './settings';

const addresses = z.object({
  /** The process of `npm start`. */
  pid: z.int().positive(),
  /** When that began, because another process may have its id by now. */
  began: z.string().optional(),
  /** When everything was ready (ms since 1970). */
  at: z.number().default(0),
  /** Of the ingress. */
  url: z.string(),
  /** Without a database name. */
  mongoUrl: z.string(),
  natsUrl: z.string(),
  natsClusterId: z.string(),
  /** The engine at `natsUrl`. */
  broker: z.enum(['streaming', 'jetstream']).default('streaming'),
  /** Undefined when the broker was given by its address. */
  natsMonitorUrl: z.string().optional(),
});

/** Where the parts of a running `npm start` are, for programs that look at it. */
export type Addresses = z.infer<typeof addresses>;

function fileIn(dataDir: string): string {
  return join(dataDir, 'addresses.json');
}

/** Writes the addresses for `readAddresses`, readable by this user only. Returns a function that removes them. */
export function publishAddresses(dataDir: string, running: Omit<Addresses, 'at'>): () => void {
  const file = fileIn(dataDir);
  const facts = { ...running, began: processBegan(running.pid), at: Date.now() };
  writeFileSync(file, `${JSON.stringify(facts, null, 2)}\n`, { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** Where what runs here is noted: TICKETING_DATA, else the folder of this repository. */
export function dataFolder({ TICKETING_DATA }: NodeJS.ProcessEnv): string {
  return readSettings({ TICKETING_DATA }).dataDir;
}

/** The addresses of the `npm start` that runs now with this environment's data folder; undefined when none runs. */
export function readAddresses(env: NodeJS.ProcessEnv): Addresses | undefined {
  try {
    const running = addresses.parse(JSON.parse(readFileSync(fileIn(dataFolder(env)), 'utf8')));
    return isSameProcess(running.pid, running.began) ? running : undefined; // it is gone, as after a SIGKILL
  } catch {
    return undefined;
  }
}
