import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { silentLogger } from '@ticketing/testing';
import { startSdk } from './sdk';

/** The main facts of a span that has ended. */
export interface EndedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** 0 unset, 2 failed. */
  readonly status: { readonly code: number; readonly message?: string };
  readonly attributes: ReadableSpan['attributes'];
}

/** Starts the SDK and keeps what it would send. Returns a function that ends tracing and gives all spans. */
export function recordTraces(): () => Promise<readonly EndedSpan[]> {
  const ended: EndedSpan[] = [];
  const stop = startSdk(
    'test',
    {
      export(spans, done) {
        ended.push(...spans.map(inShort));
        done({ code: 0 });
      },
      shutdown: () => Promise.resolve(),
    },
    silentLogger(),
  );
  return async () => {
    await stop();
    return ended;
  };
}

function inShort(span: ReadableSpan): EndedSpan {
  const { name, status, attributes, parentSpanContext } = span;
  const { traceId, spanId } = span.spanContext();
  return { name, traceId, spanId, parentSpanId: parentSpanContext?.spanId, status, attributes };
}
