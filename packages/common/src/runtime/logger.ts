import { trace } from '@opentelemetry/api';
import pino, { type DestinationStream, type Logger as PinoLogger } from 'pino';
import { withoutCredentials } from '../errors/without-credentials';

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

/** So deep, and so many members of each, pino writes an object by default. */
const [MOST_DEEP, MOST_WIDE] = [5, 100];

/** The error as pino tells of it; its texts, those of the errors within it included, may quote an address. */
function errorWithoutCredentials(error: Error): unknown {
  return cleaned(pino.stdSerializers.err(error), []);
}

/** @param within what the value is a part of, from the outside in */
function cleaned(value: unknown, within: readonly object[]): unknown {
  if (typeof value === 'string') return withoutCredentials(value);
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value;
  if (within.includes(value)) return '[Circular]';
  if (within.length > MOST_DEEP) return '[Object]';
  const path = [...within, value];
  if (Array.isArray(value)) return value.slice(0, MOST_WIDE).map((item: unknown) => cleaned(told(item), path));
  const members = Object.entries(value).slice(0, MOST_WIDE);
  return Object.fromEntries(members.map(([name, member]) => [name, cleaned(told(member), path)]));
}

function told(value: unknown): unknown {
  return value instanceof Error ? pino.stdSerializers.err(value) : value;
}

/**
 * A logger of JSON lines with ISO times, written synchronously (nothing is lost at exit). An error belongs under `err`;
 * what is logged within a span has its `traceId`; headers that carry credentials are replaced by `[Redacted]` wherever a
 * `headers` object is logged.
 */
export function createLogger({ name, level, destination }: LoggerOptions): Logger {
  const options = {
    name,
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: errorWithoutCredentials },
    // Asked only for a line that is written. A new object each time, because pino adds to it.
    mixin: () => {
      const traceId = trace.getActiveSpan()?.spanContext().traceId;
      return traceId === undefined ? {} : { traceId };
    },
    redact: SECRET_HEADERS.flatMap((header) => {
      const key = header.startsWith('[') ? header : `.${header}`;
      return [`headers${key}`, `*.headers${key}`, `*.*.headers${key}`];
    }),
  };
  return pino(options, destination ?? pino.destination({ dest: 1, sync: true }));
}
