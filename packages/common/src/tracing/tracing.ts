import { type Attributes, context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Tracer } from '@opentelemetry/api';
import { errorText } from '../errors/error-text';
import { withoutCredentials } from '../errors/without-credentials';
import { formatTraceparent, parseTraceparent } from './traceparent';

/** What a span has when it begins. */
export interface SpanFacts {
  readonly name: string;
  readonly kind: keyof typeof SpanKind;
  /** The `traceparent` of its cause. If it is missing or malformed, a new trace begins. */
  readonly parent?: string | undefined;
  readonly attributes?: Attributes;
}

/** Undefined while tracing is off. Then nothing here allocates or follows anything. */
let tracer: Tracer | undefined;

/** Turns the spans of this process on, or off again. For start-tracing.ts. */
export function useTracer(given: Tracer | undefined): void {
  tracer = given;
}

/** Whether this process makes spans. */
export function isTracing(): boolean {
  return tracer !== undefined;
}

/** Begins a span that its caller ends. Undefined while tracing is off. */
export function beginSpan({ name, kind, parent, attributes = {} }: SpanFacts): Span | undefined {
  const place = parseTraceparent(parent);
  const parentContext = place ? trace.setSpanContext(ROOT_CONTEXT, { ...place, isRemote: true }) : ROOT_CONTEXT;
  return tracer?.startSpan(name, { kind: SpanKind[kind], attributes }, parentContext);
}

/** Runs `run` as part of the span. Everything that it saves, logs and begins, also later, belongs to the span. */
export function within<T>(span: Span, run: () => T): T {
  return context.with(trace.setSpan(ROOT_CONTEXT, span), run);
}

/** Runs `run` outside of any span, for a timer whose work has no single cause. While tracing is off it only runs it. */
export function outsideSpans<T>(run: () => T): T {
  return tracer === undefined ? run() : context.with(ROOT_CONTEXT, run);
}

/**
 * Runs `run` in its own span, which ends with it and says whether it failed. While tracing is off it only runs it, and
 * does not compute the facts. Throws what `run` throws.
 */
export function inSpan<T>(facts: () => SpanFacts, run: (span?: Span) => Promise<T>): Promise<T> {
  if (tracer === undefined) return run();
  const span = beginSpan(facts());
  return span ? within(span, () => endingWith(span, run)) : run();
}

async function endingWith<T>(span: Span, run: (span: Span) => Promise<T>): Promise<T> {
  try {
    return await run(span);
  } catch (error) {
    markFailed(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** Records an error in the span, without the credentials of an address in it. */
export function markFailed(span: Span | undefined, error: unknown): void {
  span?.setStatus({ code: SpanStatusCode.ERROR, message: withoutCredentials(errorText(error)) });
  span?.setAttribute('error.type', error instanceof Error ? error.name : typeof error);
}

/** The `traceparent` of the span that this runs in; undefined when there is none, and always while tracing is off. */
export function currentTraceparent(): string | undefined {
  const place = tracer && trace.getSpanContext(context.active());
  return place && formatTraceparent(place);
}

/** The id of the trace that this runs in; undefined as `currentTraceparent` is. */
export function currentTraceId(): string | undefined {
  return tracer && trace.getSpanContext(context.active())?.traceId;
}
