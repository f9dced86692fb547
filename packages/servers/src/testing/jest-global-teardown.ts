import { startedForJest } from './jest-servers';

/** Stops the servers that the set-up of this jest run started. */
export default async function teardown(): Promise<void> {
  await Promise.all(startedForJest.splice(0).map((server) => server.stop()));
}
