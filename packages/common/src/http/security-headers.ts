import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Tells browsers to take the replies of an API for nothing but data: no scripts, no frames, no guessing of types, no use
 * by pages of other origins. HSTS counts behind HTTPS only, which the ingress ends; it speaks for this host alone.
 * Helmet's headers for pages of old browsers are left out. A route that serves a page sets its own policy: allowPage.
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

/**
 * Goes before the route of a page for people, such as `/api/docs`: it may load scripts, styles, fonts and data from its own
 * origin, and have inline styles and images as `data:`, which swagger-ui needs. Inline scripts and frames stay forbidden.
 */
export const allowPage: RequestHandler = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
});
