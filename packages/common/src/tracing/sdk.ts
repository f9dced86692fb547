import { hostname } from 'node:os';
import { context, diag, DiagLogLevel, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { errorText } from '../errors/error-text';
import { withoutCredentials } from '../errors/without-credentials';
import type { Logger } from '../runtime/logger';
import { quietExporter } from './quiet-exporter';
import { useTracer } from './tracing';

/**
 * Starts the SDK for this process. It follows spans through asynchronous calls, collects them in a bounded queue, and
 * sends them in the background. Loaded only when tracing is on. Returns a function that ends it and does not reject.
 */
export function startSdk(serviceName: string, exporter: SpanExporter, logger: Logger): () => Promise<void> {
  const say = (level: 'warn' | 'error') => (message: string) => logger[level](withoutCredentials(`traces: ${message}`));
  const nothing = () => undefined;
  diag.setLogger(
    { error: say('error'), warn: say('warn'), info: nothing, debug: nothing, verbose: nothing },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': serviceName, 'host.name': hostname() }))
    .merge(detectResources({ detectors: [serviceInstanceIdDetector, envDetector] }));
  const spanProcessors = [new BatchSpanProcessor(quietExporter(exporter, logger))];
  const provider = new BasicTracerProvider({ resource, spanProcessors });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  useTracer(provider.getTracer('@ticketing/common'));
  return async () => {
    useTracer(undefined);
    trace.disable();
    context.disable();
    try {
      await provider.shutdown();
    } catch (error) {
      logger.warn({ reason: withoutCredentials(errorText(error)) }, 'the last traces could not be delivered');
    }
    diag.disable();
  };
}
