import type { Program } from '../fetch/choice';

/** The version that is downloaded. It is in the name of its folder in the cache. */
export const MONGOD_VERSION = '8.0.16';

/** The command line of a real mongod. */
export function mongodProgram(command: string): Program {
  return {
    command,
    args: (port, dataDir) => ['--port', String(port), '--bind_ip', '127.0.0.1', '--dbpath', dataDir],
    ready: /waiting for connections/i,
    dataName: 'mongod',
  };
}
