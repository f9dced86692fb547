import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Program } from './choice';
import { assertPortFree, freePort } from './free-port';
import type { ServerOptions } from './running-server';
import { startProcess, type ServerProcess } from './server-process';

/** A free port may be taken by somebody else before the server has it. */
const PORT_ATTEMPTS = 3;

/**
 * Runs a program on 127.0.0.1 with a data folder of its own, which is removed when it stops if none was given.
 * @throws when the given port is taken, or the program does not become ready.
 */
export async function startServer(
  program: Program,
  options: ServerOptions,
  env: NodeJS.ProcessEnv,
): Promise<ServerProcess & { readonly port: number; readonly args: readonly string[] }> {
  const kept = options.dataDir === undefined ? undefined : join(options.dataDir, program.dataName);
  const dataDir = kept ?? (await mkdtemp(join(tmpdir(), 'ticketing-')));
  await mkdir(dataDir, { recursive: true });
  const cleanUp = async () => {
    if (kept === undefined) await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const { server, port } = await onPort(options.port, (at) =>
      startProcess(program.command, program.args(at, dataDir), program.ready, env, options.output),
    );
    return {
      pid: server.pid,
      port,
      args: program.args(port, dataDir),
      exited: server.exited,
      stop: () => server.stop().then(cleanUp),
      kill: () => server.kill().then(cleanUp),
    };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

async function onPort(
  wanted: number | undefined,
  start: (port: number) => Promise<ServerProcess>,
): Promise<{ server: ServerProcess; port: number }> {
  if (wanted !== undefined) {
    await assertPortFree(wanted);
    return { server: await start(wanted), port: wanted };
  }
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    try {
      return { server: await start(port), port };
    } catch (error) {
      const taken = error instanceof Error && /address already in use|addrinuse/i.test(error.message);
      if (!taken || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}
