import { z } from 'zod';
import { address, loadConfig, variable } from '../runtime/environment';

const endpoint = () => address(['http', 'https'], 'http://localhost:4318').optional();
const protocol = () => {
  const error = 'http/protobuf or http/json: for these two a receiver listens on port 4318, by default';
  return z.enum(['http/protobuf', 'http/json'], { error }).optional();
};

/** The variables that decide whether and how traces are sent; the SDK reads the others itself (docs/operations.md). */
const tracingConfig = {
  exporter: variable(
    'OTEL_TRACES_EXPORTER',
    z.enum(['otlp', 'none'], { error: 'otlp or none' }).optional(),
    'Where traces go',
  ),
  endpoint: variable('OTEL_EXPORTER_OTLP_ENDPOINT', endpoint(), 'Address of the receiver'),
  tracesEndpoint: variable('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', endpoint(), 'The whole address for traces'),
  protocol: variable('OTEL_EXPORTER_OTLP_PROTOCOL', protocol(), 'How they are sent'),
  tracesProtocol: variable('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', protocol(), 'How traces are sent'),
};

export interface TracingSettings {
  readonly protocol: 'http/protobuf' | 'http/json';
}

/**
 * How to send traces, if this environment asks for them; otherwise undefined. It asks for them with
 * `OTEL_TRACES_EXPORTER=otlp` or with an address, unless `OTEL_SDK_DISABLED` is true.
 * @throws ConfigError for a value that is not supported
 */
export function tracingSettings(env: NodeJS.ProcessEnv): TracingSettings | undefined {
  if (env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none') {
    return undefined;
  }
  const config = loadConfig(tracingConfig, env);
  if (!config.exporter && !config.endpoint && !config.tracesEndpoint) return undefined;
  return { protocol: config.tracesProtocol ?? config.protocol ?? 'http/protobuf' };
}
