import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@ticketing/servers';

const DIST = join(__dirname, '..', '..', 'dist', 'forward');

/** A pod as kubectl prints it, with the fields that matter. */
export const podJson = (name: string, uid: string, ready = true, deletionTimestamp?: string) => ({
  metadata: { name, uid, ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});

/** A folder with a `kubectl` for the PATH and what it answers from. */
export function standInCluster() {
  const dir = mkdtempSync(join(tmpdir(), 'kubectl-'));
  const program = join(DIST, 'stand-in-kubectl.test.helper.js');
  writeFileSync(join(dir, 'kubectl'), `#!/bin/sh\nexec '${process.execPath}' '${program}' '${dir}' "$@"\n`);
  chmodSync(join(dir, 'kubectl'), 0o755);
  const put = (name: string, content: string): void => {
    writeFileSync(join(dir, 'new'), content);
    renameSync(join(dir, 'new'), join(dir, name)); // so that no reader sees half of it
  };
  const setPods = (...items: ReturnType<typeof podJson>[]): void =>
    put('pods.json', JSON.stringify({ kind: 'List', items }));
  /** For the uid of a pod, and a port of the pod: the port where a server really is. */
  const setServers = (servers: Record<string, Record<number, number>>): void =>
    put('servers.json', JSON.stringify(servers));
  const calls = (verb: string): number[] =>
    [...readFileSync(join(dir, 'calls'), 'utf8').matchAll(/(\S+) (\d+)\n/g)].flatMap(([, called, pid]) =>
      called === verb ? [Number(pid)] : [],
    );
  put('calls', '');
  setPods();
  setServers({});
  return {
    dir,
    setPods,
    setServers,
    /** From now on kubectl prints this on standard error and exits with 1; undefined: no longer. */
    setFailing: (verb: 'get' | 'port-forward', stderr: string | undefined) =>
      stderr === undefined ? rmSync(join(dir, `${verb}-fails`)) : put(`${verb}-fails`, stderr),
    /** How often it was asked for something. */
    looks: () => calls('get').length,
    /** The process ids of every `kubectl port-forward` that was started. */
    forwarding: () => calls('port-forward'),
    remove: () => rmSync(dir, { recursive: true }),
  };
}

/** `npm run nats:forward` as a process, on free ports, with only one folder (and that of the shell) on its PATH. */
export async function startForward(path: string, ...args: string[]) {
  const [port, monitorPort] = [await freePort(), await freePort()];
  const ports = ['--port', String(port), '--monitor-port', String(monitorPort)];
  const child: ChildProcess = spawn(process.execPath, [join(DIST, 'main.js'), ...ports, ...args], {
    env: { PATH: path, TICKETING_DATA: '/nowhere' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exited = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  /** How often it has said so. */
  const times = (text: string): number => stdout.split(text).length - 1;
  return { child, port, monitorPort, url: `nats://127.0.0.1:${port}`, exited, times, stdout: () => stdout };
}
