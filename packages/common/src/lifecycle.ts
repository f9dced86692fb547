import { StartError } from './errors/start-error';
import { LOG_LEVELS, type Logger, type LogLevel, createLogger } from './logger';

/** A running program. */
export interface Started {
  /** Ends everything; called once. Tells `onStep` what it is at, so that a deadline can say what hung. */
  stop(onStep: (name: string) => void): Promise<void>;
  /** How long stop() may take, in milliseconds; 10,000 when absent. */
  readonly stopDeadlineMs?: number;
}

/** `signal` aborts when the program is told to stop before it has started. */
export type Start = (signal: AbortSignal) => Promise<Started>;

const STOP_DEADLINE_MS = 10_000;

/**
 * The life of a process, for main.ts. A StartError (a wrong configuration, a port in use) is printed as one message and
 * exits with 1. SIGTERM and SIGINT wait for the start, stop once, and exit with 0; past the deadline, or when stopping
 * fails, with 1. What nobody caught is logged as fatal and exits with 1.
 */
export function runMain(name: string, start: Start): void {
  const logger = createLogger({ name, level: levelFromEnv() });
  const fatal = (error: unknown, message: string): never => {
    logger.fatal({ err: error }, message);
    process.exit(1);
  };
  process.on('uncaughtException', (error) => fatal(error, 'uncaught exception'));
  process.on('unhandledRejection', (reason) => fatal(reason, 'unhandled rejection'));

  const abort = new AbortController();
  // Starts when the handlers of signals stand.
  const started = Promise.resolve().then(() => start(abort.signal));
  let stopping: Promise<void> | undefined;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      logger.info({ signal }, stopping === undefined ? 'stopping' : 'already stopping');
      abort.abort();
      stopping ??= stopAndExit(started, logger);
    });
  }
  started.catch((error: unknown) => {
    if (abort.signal.aborted) return;
    if (!(error instanceof StartError)) fatal(error, 'start failed');
    process.stderr.write(`${name}: ${(error as StartError).message}\n`);
    process.exit(1);
  });
}

async function stopAndExit(started: Promise<Started>, logger: Logger): Promise<void> {
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

function levelFromEnv(): LogLevel {
  return LOG_LEVELS.find((level) => level === process.env['LOG_LEVEL']) ?? 'info';
}
