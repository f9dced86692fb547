import pino, { type DestinationStream, type Logger as PinoLogger } from 'pino';

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

/**
 * A logger of JSON lines with ISO times, written synchronously (nothing is lost at exit). An error belongs under `err`;
 * headers that carry credentials are replaced by `[Redacted]` wherever a `headers` object is logged.
 */
export function createLogger({ name, level, destination }: LoggerOptions): Logger {
  const options = {
    name,
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: pino.stdSerializers.err },
    redact: SECRET_HEADERS.flatMap((header) => {
      const key = header.startsWith('[') ? header : `.${header}`;
      return [`headers${key}`, `*.headers${key}`, `*.*.headers${key}`];
    }),
  };
  return pino(options, destination ?? pino.destination({ dest: 1, sync: true }));
}
