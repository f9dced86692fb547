import type { Logger } from '../runtime/logger';
import type * as Exporter from './otlp-exporter';
import type * as Sdk from './sdk';
import { tracingSettings } from './tracing-settings';

export interface RunningTracing {
  /**
   * Sends the remaining spans and ends tracing. It takes as long as the receiver takes, so give it a limit. Does not
   * reject.
   */
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
 * Turns tracing on if the environment asks for it, and loads the SDK only then. Tracing belongs to the process: of
 * several services in one process the first one has it. Undefined when tracing is off, or another service has it.
 * @throws ConfigError when the environment asks for something that is not supported
 */
export function startTracing({ serviceName, env, logger }: TracingOptions): RunningTracing | undefined {
  const settings = tracingSettings(env);
  if (!settings || running) return undefined;
  // Loaded only when used, because they cost about 130 ms and 8 MB.
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
