import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { identityOf, isSameProcess, type ProcessIdentity, readIdentity } from './process-identity';

/** A process that runs and was noted. */
export interface NotedProcess extends ProcessIdentity {
  /** For people, e.g. "nats-streaming-server". */
  readonly name: string;
  /** The part of its command line that shows that it is ours: its folder, or its program. */
  readonly argument: string;
  /** Whether the process that started it runs, too. */
  readonly owned: boolean;
}

/**
 * Notes a started process in a file, so that it is found after a kill of this process. If the file cannot be written
 * there is no note, because the running process matters more.
 * @returns a function that removes the note, unless it is of another process by then; call it when the process has exited.
 */
export function noteProcess(file: string, pid: number, name: string, argument: string): () => void {
  const note = [identityOf(pid), identityOf(process.pid), name, argument, ''].join('\n');
  try {
    writeFileSync(file, note);
  } catch {
    return () => undefined;
  }
  return () => {
    if (read(file) === note) rmSync(file, { force: true });
  };
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
