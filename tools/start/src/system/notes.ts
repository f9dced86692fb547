import { join } from 'node:path';
import { noteIn } from '@ticketing/servers';

/** The folders in which `npm start` keeps the data of each server. */
export function serverFolders(dataDir: string) {
  return { mongo: join(dataDir, 'mongo'), nats: join(dataDir, 'nats') };
}

/** Where the process of a service is noted while it runs. */
export function serviceNote(dataDir: string, name: 'tickets' | 'orders'): string {
  return join(dataDir, `${name}.process`);
}

/** All notes of what `npm start` has started on this folder, in the order of stopping. */
export function allNotes(dataDir: string): readonly string[] {
  const { mongo, nats } = serverFolders(dataDir);
  return [serviceNote(dataDir, 'tickets'), serviceNote(dataDir, 'orders'), noteIn(nats), noteIn(mongo)];
}
