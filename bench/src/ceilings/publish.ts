// A bare publisher: POST /publish {amount, payload} publishes this many, with 1,000 in flight, and answers when all are
// acked.
import express from 'express';
import { publishAll } from '../world/publish-all';
import { nats, serve } from './given';

async function main(): Promise<void> {
  const client = await nats('publish');
  const app = express().use(express.json());
  app.post('/publish', async (req, res) => {
    const { amount, payload } = req.body as { amount: number; payload: string };
    const start = performance.now();
    await publishAll(client, 'ticket:created', Array<string>(amount).fill(payload));
    res.json({ tookMs: performance.now() - start });
  });
  serve(app);
}

void main();
