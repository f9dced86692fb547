import { join } from 'node:path';
import { type ServiceName, serviceNames } from '@ticketing/services';
import { type Engine, noteIn } from '@ticketing/servers';

/** The folders in which `npm start` keeps the data of each server. Each engine has its own. */
export function serverFolders(dataDir: string) {
  const brokers: Record<Engine, string> = { streaming: join(dataDir, 'nats'), jetstream: join(dataDir, 'jetstream') };
  return { mongo: join(dataDir, 'mongo'), brokers };
}

/** Where the process of a service is noted while it runs. */
export function serviceNote(dataDir: string, name: ServiceName): string {
  return join(dataDir, `${name}.process`);
}

/** All notes of what `npm start` has started on this folder, in the order of stopping. */
export function allNotes(dataDir: string): readonly string[] {
  const { mongo, brokers } = serverFolders(dataDir);
  const servers = [...Object.values(brokers), mongo].map(noteIn);
  return [...serviceNames.map((name) => serviceNote(dataDir, name)), ...servers];
}
