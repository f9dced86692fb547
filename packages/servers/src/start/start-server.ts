import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Program } from '../fetch/choice';
import { noteIn, takeDataFolder } from './data-folder';
import { assertPortFree, freePort } from './free-port';
import { noteProcess } from '../process/noted-process';
import type { ServerOptions } from './running-server';
import { startProcess, type ServerProcess } from '../process/server-process';

/** Another program may take a free port before the server has it. */
const PORT_ATTEMPTS = 3;

/**
 * Runs a program on 127.0.0.1 with its own data folder, which is removed when it stops unless it was given.
 * @param prepare called before each start on a given data folder, when no other server uses it
 * @throws NoOtherChoice when a process uses the data folder, Error when the given port is taken, or the program does
 * not become ready.
 */
export async function startServer(
  program: Program,
  options: ServerOptions,
  env: NodeJS.ProcessEnv,
  prepare: (folder: string) => void = () => undefined,
): Promise<ServerProcess & { readonly port: number; readonly args: readonly string[] }> {
  const given = options.dataDir === undefined ? undefined : resolve(options.dataDir);
  const kept = given && join(given, program.dataName);
  const giveBack = given === undefined ? () => undefined : takeDataFolder(given);
  const dataDir = kept ?? (await mkdtemp(join(tmpdir(), 'ticketing-')));
  const cleanUp = async () => {
    giveBack();
    if (kept === undefined) await rm(dataDir, { recursive: true, force: true });
  };
  const note = options.note ?? (given && noteIn(given));
  const noted = (pid: number) => {
    return note ? noteProcess(note, pid, program.dataName, kept ?? program.command) : () => undefined;
  };
  try {
    await mkdir(dataDir, { recursive: true });
    if (kept !== undefined) prepare(kept);
    for (const [name, content] of Object.entries(program.files ?? {})) await writeFile(join(dataDir, name), content);
    const { server, port } = await onPort(options.port, (at) =>
      startProcess(program.command, program.args(at, dataDir), program.ready, env, { output: options.output, noted }),
    );
    void server.exited.then(giveBack);
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
