import { writeFileSync } from 'node:fs';
import { guardOutput } from '@ticketing/command-line';
import { CommanderError } from 'commander';
import { failuresOf } from './report/check';
import { figuresOf } from './report/figures';
import { runLab } from './run/lab';
import { type Options, readOptions } from './options';
import { pageOf } from './page/page';
import { pictureOf } from './page/picture';
import { openServers } from './run/servers';
import { tableOf } from './report/table';

/** One Ctrl-C can arrive twice, from the terminal and from npm. A person needs longer than this. */
const SAME_CTRL_C_MS = 500;

const say = (line: string) => void process.stderr.write(`${line}\n`);

/** Runs the lab and prints what it found; resolves with the exit code. */
async function lab(options: Options, signal: AbortSignal): Promise<number> {
  const servers = await openServers(process.env, () => undefined, options.broker);
  try {
    signal.throwIfAborted();
    say(`MongoDB: ${servers.sources.mongo}. ${servers.sources.broker}: ${servers.sources.nats}.`);
    const result = await runLab(options, { servers, say, signal });
    const failures = failuresOf(result);
    if (options.html !== undefined) writeFileSync(options.html, pageOf(result));
    if (options.svg !== undefined) writeFileSync(options.svg, pictureOf(result));
    if (options.json) process.stdout.write(`${JSON.stringify(figuresOf(result), undefined, 2)}\n`);
    else process.stdout.write(tableOf(result, process.stdout.isTTY));
    for (const failure of failures) say(`FAILED: ${failure}`);
    return failures.length > 0 ? 1 : 0;
  } finally {
    await servers.close();
  }
}

function interruption(): AbortSignal {
  const controller = new AbortController();
  let since: number | undefined;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (since !== undefined && Date.now() - since > SAME_CTRL_C_MS) process.exit(130);
      if (since === undefined) say('stopping; once more to force it ...');
      since ??= Date.now();
      controller.abort();
    });
  }
  return controller.signal;
}

async function main(): Promise<void> {
  guardOutput();
  try {
    const options = readOptions(process.argv.slice(2));
    const signal = interruption();
    const code = await lab(options, signal).catch((error: unknown) => {
      if (signal.aborted) return 130;
      throw error;
    });
    process.exit(code);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2; // it has printed its message
      return;
    }
    say(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}

void main();
