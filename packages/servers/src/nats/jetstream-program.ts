import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Program } from '../fetch/choice';

/** Reading a channel asks for many messages at once, which 2.11 is the first to answer (ADR-31, "Batched requests"). */
const OLDEST: readonly [number, number] = [2, 11];

/**
 * The command line of nats-server with JetStream; `config` is more of its configuration. By default the server syncs
 * its files every two minutes, and a power failure takes what it has acked meanwhile; here it syncs before each ack
 * (docs.nats.io, "JetStream" of the server's configuration, `sync_interval`).
 * @throws Error when the program is too old, or does not run
 */
export async function jetStreamProgram(command: string, args: readonly string[], config: string): Promise<Program> {
  await checkVersion(command);
  return {
    command,
    args: (port, dataDir) => [
      ...['-c', `${dataDir}/${CONFIG}`, '-a', '127.0.0.1', '-p', String(port)],
      ...['-js', '-sd', dataDir, ...args],
    ],
    files: { [CONFIG]: `jetstream { sync_interval: always }\n${config}` },
    ready: /Server is ready/,
    dataName: 'nats-jetstream',
  };
}

const CONFIG = 'nats-server.conf';

async function checkVersion(command: string): Promise<void> {
  const { stdout } = await promisify(execFile)(command, ['--version']);
  const [, version = stdout.trim(), major, minor] = /v((\d+)\.(\d+)[^\s]*)/.exec(stdout) ?? [];
  const [least, from] = OLDEST;
  if (Number(major) > least || (Number(major) === least && Number(minor) >= from)) return;
  throw new Error(`${command} is version ${version}, and ${OLDEST.join('.')} is the oldest that can be used`);
}
