import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Tells browsers to take the replies of an API for nothing but data: no scripts, no frames, no guessing of types, no use
 * by pages of other origins. HSTS counts behind HTTPS only, which the ingress ends; it speaks for this host alone.
 * Helmet's headers for pages of old browsers are left out. A route that serves a page sets a `Content-Security-Policy` of its
 * own, which takes the place of this one.
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
