import { Router } from 'express';

export interface HealthChecks {
  /** Whether MongoDB answers; within about a second. A rejection counts as no. */
  readonly mongo: () => boolean | Promise<boolean>;
  /** Since when NATS Streaming is away; undefined when it is there. */
  readonly natsDownSince: () => Date | undefined;
  /** Names of the channels that NATS Streaming refuses to the service. */
  readonly refusedChannels?: () => readonly string[];
  /** Whether the service is shutting down. */
  readonly draining: () => boolean;
}

/**
 * `/healthz` says that the process lives. `/readyz` says that it can answer, and is 503 when MongoDB is away or the
 * service is draining. It stays 200 when NATS is away, because writes still work and a 503 would take every replica out
 * of service; `natsDownSince` says since when. It also stays 200 for channels that NATS Streaming refuses; `refused`
 * names them.
 */
export function healthRoutes({ mongo, natsDownSince, draining, refusedChannels = () => [] }: HealthChecks): Router {
  const router = Router();
  router.get('/healthz', (_req, res) => {
    res.set('Cache-Control', 'no-store').json({ status: 'ok' });
  });
  router.get('/readyz', async (_req, res) => {
    const mongoUp = await answers(mongo);
    const isDraining = draining();
    const since = natsDownSince();
    const refused = refusedChannels();
    res
      .set('Cache-Control', 'no-store')
      .status(mongoUp && !isDraining ? 200 : 503)
      .json({
        mongo: upOrDown(mongoUp),
        nats: upOrDown(since === undefined),
        ...(since && { natsDownSince: since.toISOString() }),
        draining: isDraining,
        ...(refused.length > 0 && { refused }),
      });
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
