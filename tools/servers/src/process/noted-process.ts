import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { identityOf, isSameProcess, type ProcessIdentity, readIdentity } from './process-identity';

/** A process that runs and was noted. */
export interface NotedProcess extends ProcessIdentity {
  /** For people, e.g. "nats-streaming-server". */
  readonly name: string;
  /** What of its command line tells that it is ours: its folder, or its program. */
  readonly argument: string;
  /** Whether the process that started it runs, too. */
  readonly owned: boolean;
}

/**
 * Notes in a file what this process has started, so that it is found when this process is killed.
 * A file that cannot be written is left out: what runs matters more.
 * @returns what takes the note away; to be called when the process has exited.
 */
export function noteProcess(file: string, pid: number, name: string, argument: string): () => void {
  try {
    writeFileSync(file, [identityOf(pid), identityOf(process.pid), name, argument, ''].join('\n'));
  } catch {
    return () => undefined;
  }
  return () => rmSync(file, { force: true });
}

/** The process that a file notes; undefined when there is no such file, or the process has ended. */
export function notedIn(file: string): NotedProcess | undefined {
  const [id = '', ownerId = '', name = '', argument = ''] = read(file).split('\n');
  const [identity, owner] = [readIdentity(id), readIdentity(ownerId)];
  if (!identity || !isSameProcess(identity.pid, identity.began)) return undefined;
  return { ...identity, name, argument, owned: owner !== undefined && isSameProcess(owner.pid, owner.began) };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
