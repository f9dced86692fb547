import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const MAIN = join(__dirname, '..', 'dist', 'main.js');
const folders: string[] = [];
const running: ChildProcess[] = [];

/** Ends what runs and removes the folders; to be called after each test. */
export async function cleanUp(): Promise<void> {
  for (const child of running.splice(0)) {
    const exited = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode === null && child.kill('SIGTERM')) await exited;
  }
  for (const dir of folders.splice(0)) rmSync(dir, { recursive: true });
}

/** A folder for TICKETING_DATA. */
export function dataDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'npm-start-'));
  folders.push(dir);
  return dir;
}

/** The program of `npm start` as a separate process. */
export function start(env: NodeJS.ProcessEnv, ...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...process.env, MONGO_URI: '', NATS_URL: '', BROKER: '', ...env },
  });
  running.push(child);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  const said = async (text: RegExp): Promise<string> => {
    for (let waited = 0; waited < 60_000 && child.exitCode === null; waited += 50) {
      if (text.test(output)) return output;
      await sleep(50);
    }
    throw new Error(`it did not say ${text}:\n${output}`);
  };
  return { child, exited, said, output: () => output };
}
