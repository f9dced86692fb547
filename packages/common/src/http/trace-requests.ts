import { SpanStatusCode } from '@opentelemetry/api';
import type { RequestHandler } from 'express';
import { beginSpan, isTracing, within } from '../tracing/tracing';
import { isProbe } from './log-requests';
import { methodOf, patternOf, UNMATCHED } from './metrics-route';

/**
 * Makes each request, except probes, a span. It belongs to the caller's trace if the request names one, and contains
 * what the request saves. Names follow the semantic conventions of HTTP; the route is its pattern, and the query of the
 * address is left out.
 */
export const traceRequests: RequestHandler = (req, res, next) => {
  if (!isTracing() || isProbe(req)) return next();
  const method = methodOf(req);
  const span = beginSpan({
    name: method,
    kind: 'SERVER',
    parent: req.get('traceparent'),
    attributes: { 'http.request.method': method, 'url.path': req.path, 'url.scheme': req.protocol },
  });
  if (!span) return next();
  res.once('close', () => {
    const route = patternOf(req);
    if (route !== UNMATCHED) span.updateName(`${method} ${route}`).setAttribute('http.route', route);
    if (res.writableFinished) span.setAttribute('http.response.status_code', res.statusCode);
    const fault = !res.writableFinished ? 'aborted' : res.statusCode >= 500 ? String(res.statusCode) : undefined;
    if (fault) span.setAttribute('error.type', fault).setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  });
  within(span, next);
};
