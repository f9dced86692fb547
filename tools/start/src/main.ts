import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodeFor, guardOutput, onEndOfNpm } from '@ticketing/command-line';
import { clearLeftovers, engineNames, LockedError, lockFile, withoutPassword } from '@ticketing/servers';
import { publishAddresses } from './settings/addresses';
import { instructions } from './instructions';
import { allNotes } from './system/notes';
import { type Options, readOptions } from './options';
import { stopInOrder, type Part } from './system/parts';
import { publishScrapeTargets } from './system/scrape-targets';
import { readSettings, type Settings } from './settings/settings';
import { startSystem } from './system/start-system';
import { tokenFor } from './token';

/** One Ctrl-C can arrive twice, from the terminal and from npm. A person needs longer than this. */
const SAME_CTRL_C_MS = 500;

const write = (text: string) => void process.stdout.write(text);
const say = (line: string) => write(`${line}\n`);
const parts: Part[] = [];
let stoppingSince: number | undefined;

/** Stops everything once and exits with `code`. @param cause the last line, so that nobody has to look for it */
async function stopAndExit(code: number, cause?: string): Promise<void> {
  if (stoppingSince !== undefined) return;
  stoppingSince = Date.now();
  await stopInOrder(parts, say);
  if (cause !== undefined) process.stderr.write(`${cause}\n`);
  process.exit(code);
}

function onSignal(): void {
  if (stoppingSince === undefined) {
    say('stopping; once more to force it ...');
    void stopAndExit(0);
  } else if (Date.now() - stoppingSince > SAME_CTRL_C_MS) {
    say('forced');
    void Promise.allSettled(parts.map((part) => part.kill())).then(() => process.exit(130));
  }
}

function addPart(part: Part): void {
  parts.push(part);
  void part.exited.then(() => {
    if (stoppingSince !== undefined) return;
    say(`${part.name} has ended by itself; its last lines are above. Stopping everything ...`);
    void stopAndExit(1, `Everything was stopped, because ${part.name} has ended by itself.`);
  });
}

async function run(settings: Settings, { broker, watch, verbose }: Options): Promise<void> {
  const colorize = process.stdout.isTTY;
  let forgetServices: () => void = () => undefined;
  process.on('exit', () => forgetServices());
  const { key, ...addresses } = await startSystem({
    ...{ settings, broker, watch, verbose, env: process.env, say, write, colorize, onPart: addPart },
    onServices: (urls) => (forgetServices = publishScrapeTargets(settings.dataDir, urls)),
  });
  if (stoppingSince !== undefined) return;
  process.on('exit', publishAddresses(settings.dataDir, { pid: process.pid, ...addresses }));
  const { url, mongoUrl, natsUrl } = addresses;
  say(
    `\nReady: ${url}    MongoDB: ${withoutPassword(mongoUrl)}    ${engineNames[broker]}: ${withoutPassword(natsUrl)}\n`,
  );
  say(`${instructions(url, tokenFor('alice', key), process.env['SHELL'])}\n`);
  say('Ctrl-C stops everything; the data stays.\n');
}

function lock(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true });
  try {
    process.on('exit', lockFile(join(dataDir, 'npm-start.lock')));
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    const other = 'Stop it first (Ctrl-C there), or give this one its own folder: TICKETING_DATA=...';
    throw new Error(`npm start is running already (process ${error.pid}, ${error.file}). ${other}`, { cause: error });
  }
}

async function main(given: Options): Promise<void> {
  onEndOfNpm(onSignal);
  process.stdout.on('error', () => void stopAndExit(0)); // of a reader that is gone
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  try {
    const settings = readSettings(process.env);
    lock(settings.dataDir);
    const command = 'npm start -- --end-leftovers';
    await clearLeftovers(allNotes(settings.dataDir), { end: given.endLeftovers, command, log: say });
    await run(settings, given);
  } catch (error) {
    await stopAndExit(1, error instanceof Error ? error.message : String(error));
  }
}

guardOutput(); // of the help, too
try {
  void main(readOptions(process.argv.slice(2)));
} catch (error) {
  process.exitCode = exitCodeFor(error);
}
