import { z } from 'zod';
import { address, loadConfig, variable } from '../runtime/environment';

const endpoint = () => address(['http', 'https'], 'http://localhost:4318').optional();
const protocol = () => {
  const error = 'http/protobuf or http/json: for these two a receiver listens on port 4318, by default';
  return z.enum(['http/protobuf', 'http/json'], { error }).optional();
};

/** What decides whether there are traces and how they are sent; the rest the SDK reads by itself (docs/operations.md). */
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
 * Whether this environment asks for traces, and how they are to be sent; undefined: it does not. It does by
 * `OTEL_TRACES_EXPORTER=otlp` or by an address to send them to, unless `OTEL_SDK_DISABLED` is true.
 * @throws ConfigError for a value that cannot be followed
 */
export function tracingSettings(env: NodeJS.ProcessEnv): TracingSettings | undefined {
  if (env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none') {
    return undefined;
  }
  const config = loadConfig(tracingConfig, env);
  if (!config.exporter && !config.endpoint && !config.tracesEndpoint) return undefined;
  return { protocol: config.tracesProtocol ?? config.protocol ?? 'http/protobuf' };
}
