import pino, { type DestinationStream, type Logger as PinoLogger } from 'pino';
import { withoutCredentials } from './errors/without-credentials';
import { currentTraceId } from './tracing/tracing';

export type Logger = PinoLogger;

/** From loud to quiet; `silent` logs nothing. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  /** Stands in every line as `name`. */
  readonly name: string;
  readonly level: LogLevel;
  /** Where the lines go; standard output when absent. */
  readonly destination?: DestinationStream;
}

const SECRET_HEADERS = ['authorization', 'Authorization', 'cookie', 'Cookie', '["set-cookie"]', '["Set-Cookie"]'];

/** The error as pino tells of it; its texts may quote an address. */
function errorWithoutCredentials(error: Error): object {
  const told = pino.stdSerializers.err(error);
  if (typeof told !== 'object' || told === null) return told;
  const texts = Object.entries(told).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return { ...told, ...Object.fromEntries(texts.map(([name, text]) => [name, withoutCredentials(text)])) };
}

/**
 * A logger of JSON lines with ISO times, written synchronously (nothing is lost at exit). An error belongs under `err`;
 * what is logged within a span has its `traceId`; headers that carry credentials are replaced by `[Redacted]` wherever a `headers` object is logged.
 */
export function createLogger({ name, level, destination }: LoggerOptions): Logger {
  const options = {
    name,
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: errorWithoutCredentials },
    // Asked only for a line that is written. A new object each time, because pino adds to it.
    mixin: () => {
      const traceId = currentTraceId();
      return traceId === undefined ? {} : { traceId };
    },
    redact: SECRET_HEADERS.flatMap((header) => {
      const key = header.startsWith('[') ? header : `.${header}`;
      return [`headers${key}`, `*.headers${key}`, `*.*.headers${key}`];
    }),
  };
  return pino(options, destination ?? pino.destination({ dest: 1, sync: true }));
}
