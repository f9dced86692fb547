import { trace } from '@opentelemetry/api';
import pino, { type DestinationStream, type Logger as PinoLogger } from 'pino';
import { withoutCredentials } from '../errors/without-credentials';

export type Logger = PinoLogger;

/** From loud to quiet; `silent` logs nothing. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  /** The `name` in every line. */
  readonly name: string;
  readonly level: LogLevel;
  /** Destination of the lines; standard output when absent. */
  readonly destination?: DestinationStream;
}

const SECRET_HEADERS = ['authorization', 'Authorization', 'cookie', 'Cookie', '["set-cookie"]', '["Set-Cookie"]'];

/** The depth, and the number of members, to which pino writes an object by default. */
const [MOST_DEEP, MOST_WIDE] = [5, 100];

/** The error in pino's form. Its texts, and those of errors within it, may quote an address. */
function errorWithoutCredentials(error: Error): unknown {
  return cleaned(pino.stdSerializers.err(error), []);
}

/** @param within the objects that contain the value, outermost first */
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
 * A logger of JSON lines with ISO times. It writes synchronously, so no line is lost at exit. Log an error under `err`.
 * Lines within a span have its `traceId`. Headers with credentials become `[Redacted]` in every logged `headers`
 * object.
 */
export function createLogger({ name, level, destination }: LoggerOptions): Logger {
  const options = {
    name,
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: errorWithoutCredentials },
    // Called only for a line that is written. Returns a new object each time, because pino adds to it.
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
