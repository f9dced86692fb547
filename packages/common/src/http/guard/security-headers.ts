import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Tells browsers to treat the replies of an API as data only: no scripts, no frames, no guessing of types, no use by
 * pages of other origins. HSTS counts only behind HTTPS, which the ingress terminates, and only for this host. Helmet's
 * headers for old browsers are left out. A route that serves a page sets its own `Content-Security-Policy`, which
 * replaces this one.
 */
export function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    strictTransportSecurity: { includeSubDomains: false },
    xFrameOptions: { action: 'deny' },
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
}
