import { join } from 'node:path';
import type { Program } from '../fetch/choice';

const DATA_NAME = 'nats-streaming';

/** Where a server that is given this data folder has its FILE store. */
export function storeFolder(dataDir: string): string {
  return join(dataDir, DATA_NAME);
}

/** The command line of NATS Streaming; `args` come last, so they win. */
export function natsProgram(command: string, args: readonly string[]): Program {
  return {
    command,
    args: (port, dataDir) => ['-a', '127.0.0.1', '-p', String(port), ...storeIn(dataDir, args), ...args],
    ready: /Streaming Server is ready/,
    dataName: DATA_NAME,
  };
}

function storeIn(dataDir: string, args: readonly string[]): readonly string[] {
  return args.includes('-st') ? [] : ['-st', 'FILE', '--dir', dataDir];
}
