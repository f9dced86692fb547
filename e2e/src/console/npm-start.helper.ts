import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@ticketing/servers';
import { waitFor } from '@ticketing/testing';

const MAIN = join(__dirname, '..', '..', '..', 'tools', 'start', 'dist', 'main.js');

/** `npm start` on data of its own, and the console that it serves. */
export interface NpmStart {
  readonly url: string;
  readonly dataDir: string;
  readonly pid: number | undefined;
  /** All that it has printed. */
  output(): string;
  close(): Promise<void>;
}

/** @param env of its services, besides the addresses */
export async function npmStart(env: NodeJS.ProcessEnv = {}): Promise<NpmStart> {
  const dataDir = mkdtempSync(join(tmpdir(), 'console-test-'));
  const port = await freePort();
  const child: ChildProcess = spawn(process.execPath, [MAIN], {
    env: { ...process.env, MONGO_URI: '', NATS_URL: '', BROKER: '', ...env, PORT: `${port}`, TICKETING_DATA: dataDir },
  });
  const exited = once(child, 'exit');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => (output += text.toString()));
  const close = async () => {
    if (child.exitCode === null) child.kill('SIGTERM');
    await exited;
    rmSync(dataDir, { recursive: true });
  };
  const isReady = () => {
    if (child.exitCode !== null) throw new Error(`npm start has ended:\n${output}`);
    return output.includes('Ctrl-C stops everything');
  };
  await waitFor(isReady, { timeoutMs: 120_000, what: 'npm start to be ready' }).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return { url: `http://localhost:${port}`, dataDir, pid: child.pid, output: () => output, close };
}
