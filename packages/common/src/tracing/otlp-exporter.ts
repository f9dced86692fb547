import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { TracingSettings } from './tracing-settings';

/**
 * Sends traces by OTLP over HTTP. It reads the address and the options from the environment. Loaded only when tracing
 * is on.
 */
export function otlpExporter({ protocol }: TracingSettings): SpanExporter {
  return protocol === 'http/json' ? new JsonExporter() : new ProtobufExporter();
}
