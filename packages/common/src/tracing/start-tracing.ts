import type { Logger } from '../runtime/logger';
import type * as Exporter from './otlp-exporter';
import type * as Sdk from './sdk';
import { tracingSettings } from './tracing-settings';

export interface RunningTracing {
  /** Sends what is left and ends tracing. It takes as long as the receiver lets it: give it a limit. Never rejects. */
  stop(): Promise<void>;
}

export interface TracingOptions {
  /** `service.name` of the traces, unless OTEL_SERVICE_NAME says otherwise. */
  readonly serviceName: string;
  readonly env: NodeJS.ProcessEnv;
  readonly logger: Logger;
}

let running = false;

/**
 * Turns tracing on if the environment asks for it; only then is the SDK loaded. Tracing is of the process: of several
 * services in one process the first has it. Undefined: it is off, or somebody else's.
 * @throws ConfigError when the environment asks for what there is not
 */
export function startTracing({ serviceName, env, logger }: TracingOptions): RunningTracing | undefined {
  const settings = tracingSettings(env);
  if (!settings || running) return undefined;
  // Loaded only when they are used: they cost about 130 ms and 8 MB.
  /* eslint-disable @typescript-eslint/no-require-imports */
  const { startSdk } = require('./sdk') as typeof Sdk;
  const { otlpExporter } = require('./otlp-exporter') as typeof Exporter;
  /* eslint-enable @typescript-eslint/no-require-imports */
  const stop = startSdk(serviceName, otlpExporter(settings), logger);
  running = true;
  return {
    async stop() {
      await stop();
      running = false;
    },
  };
}
