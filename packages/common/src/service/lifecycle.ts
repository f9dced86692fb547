import { setImmediate as turn } from 'node:timers/promises';
import { StartError } from '../errors/start-error';
import type { Logger } from '../runtime/logger';

/** A running program. */
export interface Started {
  /** Ends everything; called once. Tells `onStep` each step, so that a deadline can say what hung. */
  stop(onStep: (name: string) => void): Promise<void>;
  /** How long stop() may take, in milliseconds; 10,000 when absent. */
  readonly stopDeadlineMs?: number;
}

/** `signal` aborts when the program is told to stop before it has started. */
export type Start = (signal: AbortSignal) => Promise<Started>;

/**
 * Imports the modules that load slowly; nothing before it may. Until a signal handler exists, the kernel drops a
 * SIGTERM to process 1 of a container (pid_namespaces(7)).
 */
export type Load = () => Promise<Start>;

const STOP_DEADLINE_MS = 10_000;

/**
 * The life of a process, for main.ts, which imports nothing else. A StartError (a wrong configuration, a port in use)
 * is printed as one message and exits with 1. SIGTERM and SIGINT wait for the start, stop once, and exit with 0; past
 * the deadline, or when stopping fails, with 1. An uncaught error is logged as fatal and exits with 1.
 */
export function runMain(name: string, load: Load): void {
  const abort = new AbortController();
  let stopping: Promise<void> | undefined;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      const words = stopping === undefined ? 'stopping' : 'already stopping';
      void logging.then((logger) => logger.info({ signal }, words));
      abort.abort();
      stopping ??= stopAndExit(started, logging);
    });
  }
  const logging = import('../runtime/logger.js').then(({ createLogger, LOG_LEVELS }) => {
    const level = LOG_LEVELS.find((known) => known === process.env['LOG_LEVEL']?.trim()) ?? 'info';
    return createLogger({ name, level });
  });
  const fatal = (error: unknown, message: string): void =>
    void logging.then((logger) => logger.fatal({ err: error }, message)).finally(() => process.exit(1));
  process.on('uncaughtException', (error) => fatal(error, 'uncaught exception'));
  process.on('unhandledRejection', (reason) => fatal(reason, 'unhandled rejection'));

  const started = begin(load, abort.signal);
  started.catch((error: unknown) => {
    if (abort.signal.aborted) return;
    if (!(error instanceof StartError)) return fatal(error, 'start failed');
    process.stderr.write(`${name}: ${error.message}\n`);
    process.exit(1);
  });
}

/** Signals wait while modules load; they are handled before and after that. @throws AbortError when there was one */
async function begin(load: Load, signal: AbortSignal): Promise<Started> {
  await letIn(signal);
  const start = await load();
  await letIn(signal);
  return start(signal);
}

/** The current turn of the loop may have polled already; the second one polls. */
async function letIn(signal: AbortSignal): Promise<void> {
  await turn();
  await turn();
  signal.throwIfAborted();
}

async function stopAndExit(started: Promise<Started>, logging: Promise<Logger>): Promise<void> {
  const logger = await logging;
  let step = 'start';
  const giveUpAfter = (ms: number): NodeJS.Timeout =>
    setTimeout(() => {
      logger.fatal({ step, deadlineMs: ms }, `not stopped within ${ms} ms: "${step}" still hangs`);
      process.exit(1);
    }, ms);
  const timer = giveUpAfter(STOP_DEADLINE_MS);

  const program = await started.catch(() => undefined);
  clearTimeout(timer);
  if (program !== undefined) {
    step = 'stop';
    giveUpAfter(program.stopDeadlineMs ?? STOP_DEADLINE_MS);
    try {
      await program.stop((name) => (step = name));
    } catch (error) {
      logger.fatal({ err: error }, 'stopping failed');
      process.exit(1);
    }
  }
  logger.info('stopped');
  process.exit(0);
}
