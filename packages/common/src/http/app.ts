import express, { type Express, type RequestHandler, Router } from 'express';
import type { Logger } from '../runtime/logger';
import type { Metrics } from '../runtime/metrics';
import { allowOrigins } from './guard/allow-origins';
import { answerWithin } from './guard/answer-within';
import { apiDocsRoutes } from './api-docs';
import { readCurrentUser } from './sign-in/current-user';
import { requireDecodableAddress } from './connection/decodable-address';
import { errorHandler, unknownRoute } from './error-handler';
import { type HealthChecks, healthRoutes } from './health';
import type { RemoteTokenVerifier } from './sign-in/jwks';
import { readJsonBody } from './json-body';
import { limitRequests, type RequestLimits } from './guard/limit-requests';
import { limitRate } from './guard/limit-rate';
import { logRequests } from './log-requests';
import { measureRequests, metricsRoute } from './metrics-route';
import { securityHeaders } from './guard/security-headers';
import type { TokenVerifier } from './sign-in/token';
import { traceRequests } from './trace-requests';

export interface AppOptions {
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Verifies the tokens of the callers. */
  readonly verifyToken: TokenVerifier | RemoteTokenVerifier;
  readonly health: Omit<HealthChecks, 'draining'>;
  /** Whether the service is shutting down. Then /readyz is 503, and every reply closes its connection. */
  readonly draining: () => boolean;
  /** Adds the routes of the service by their full patterns, such as `/api/things/:id`. */
  readonly routes: (router: Router) => void;
  /** The largest body, such as `100kb`. */
  readonly bodyLimit?: string;
  readonly limits: RequestLimits;
  /** Requests of one caller in a minute; 0: any number. The probes and /metrics are not counted. */
  readonly rateLimitPerMinute: number;
  /** Proxies whose X-Forwarded-For is believed, in Express's form. */
  readonly trustProxy: number | string[];
  /** Origins whose pages may call the API from a browser; none by default. */
  readonly corsOrigins: readonly string[];
  /** Time until a reply must begin once the request is read (ms). */
  readonly requestTimeoutMs: number;
}

/**
 * The HTTP side of a service: health, metrics, current user, limits, JSON bodies, the routes, the page that describes
 * them, and one form of error reply. Express makes no ETag from bodies, because the version is the tag.
 */
export function createApp(options: AppOptions): Express {
  const { logger, metrics, health, draining, routes, limits, bodyLimit = '100kb', rateLimitPerMinute } = options;
  const { refuse, wait } = limitRequests(limits);
  const router = Router();
  routes(router);

  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('trust proxy', options.trustProxy);
  app.use(closeConnectionWhen(draining));
  app.use(traceRequests);
  app.use(logRequests(logger));
  app.use(measureRequests(metrics));
  app.use(securityHeaders());
  app.use(healthRoutes({ ...health, draining }));
  app.use(metricsRoute(metrics));
  if (options.corsOrigins.length > 0) app.use(allowOrigins(options.corsOrigins));
  app.use(refuse);
  app.use(requireDecodableAddress);
  app.use(readCurrentUser(options.verifyToken));
  if (rateLimitPerMinute > 0) app.use(limitRate(rateLimitPerMinute));
  app.use(apiDocsRoutes()); // before the routes, so that slow readers of its files take no turn from them
  app.use(readJsonBody(bodyLimit));
  app.use(answerWithin(options.requestTimeoutMs, Router().use(wait, router), logger)); // waiting counts too
  app.use(unknownRoute);
  app.use(errorHandler(logger));
  return app;
}

function closeConnectionWhen(draining: () => boolean): RequestHandler {
  return (_req, res, next) => {
    if (draining()) res.set('Connection', 'close');
    next();
  };
}
