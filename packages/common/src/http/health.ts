import { Router } from 'express';

export interface HealthChecks {
  /** Whether MongoDB answers; within about a second. A rejection counts as no. */
  readonly mongo: () => boolean | Promise<boolean>;
  readonly nats: () => boolean;
  /** Whether the service is shutting down. */
  readonly draining: () => boolean;
}

/**
 * `/healthz`: the process lives. `/readyz`: it can answer: 503 when MongoDB is away or it is draining. NATS away stays
 * 200, because writes still work and a 503 would take every replica out of service.
 */
export function healthRoutes({ mongo, nats, draining }: HealthChecks): Router {
  const router = Router();
  router.get('/healthz', (_req, res) => {
    res.set('Cache-Control', 'no-store').json({ status: 'ok' });
  });
  router.get('/readyz', async (_req, res) => {
    const mongoUp = await answers(mongo);
    const isDraining = draining();
    res
      .set('Cache-Control', 'no-store')
      .status(mongoUp && !isDraining ? 200 : 503)
      .json({ mongo: upOrDown(mongoUp), nats: upOrDown(nats()), draining: isDraining });
  });
  return router;
}

async function answers(check: () => boolean | Promise<boolean>): Promise<boolean> {
  try {
    return await check();
  } catch {
    return false;
  }
}

function upOrDown(up: boolean): 'up' | 'down' {
  return up ? 'up' : 'down';
}
