// What these two add to the request of Express.
import type {} from 'cookie-session';
import type {} from './sign-in/current-user';
import type { Express } from 'express';
import { createLogger } from '../runtime/logger';
import { createMetrics } from '../runtime/metrics';
import { type AppOptions, createApp } from './app';
import { tokenVerifier } from './sign-in/token';

export const JWT_KEY = 'key-of-the-http-tests';

export interface TestApp {
  readonly app: Express;
  /** Every line that the app logged. */
  readonly lines: Record<string, unknown>[];
}

/** A whole app, as a service makes it, with the given routes. */
export function testApp(routes: AppOptions['routes'], options: Partial<AppOptions> = {}): TestApp {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  const app = createApp({
    logger: createLogger({ name: 'test', level: 'debug', destination }),
    metrics: createMetrics('test'),
    verifyToken: tokenVerifier([JWT_KEY]),
    rateLimitPerMinute: 0,
    trustProxy: [],
    corsOrigins: [],
    requestTimeoutMs: 30_000,
    health: { mongo: () => true, natsDownSince: () => undefined },
    draining: () => false,
    limits: { concurrency: 100, inFlight: 1_000 },
    routes,
    ...options,
  });
  return { app, lines };
}
