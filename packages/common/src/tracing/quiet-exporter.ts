import { ExportResultCode } from '@opentelemetry/core';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import { errorText } from '../errors/error-text';
import { withoutCredentials } from '../errors/without-credentials';
import type { Logger } from '../runtime/logger';

/**
 * Wraps the exporter so that it logs once when the receiver stops taking traces, and once when it takes them again, not
 * with every batch. Traces that it cannot deliver are dropped, because traces must not disturb the service.
 */
export function quietExporter(exporter: SpanExporter, logger: Logger): SpanExporter {
  let delivering = true;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const delivered = result.code === ExportResultCode.SUCCESS;
        if (delivering && !delivered) {
          const reason = withoutCredentials(errorText(result.error));
          logger.warn({ reason }, 'traces cannot be delivered: they are dropped until the receiver takes them again');
        }
        if (delivered && !delivering) logger.info('traces are delivered again');
        delivering = delivered;
        done({ code: ExportResultCode.SUCCESS });
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
}
