// A bare publisher: POST /publish {amount, payload} publishes so many with 1,000 on their way, and answers when all are acked.
import express from 'express';
import { nats, serve } from './given';

async function main(): Promise<void> {
  const stan = await nats('publish');
  const app = express().use(express.json());
  app.post('/publish', async (req, res) => {
    const { amount, payload } = req.body as { amount: number; payload: string };
    const start = performance.now();
    let begun = 0;
    const one = async (): Promise<void> => {
      while (begun < amount) {
        begun += 1;
        await new Promise<void>((resolve, reject) =>
          stan.publish('ticket:created', payload, (error) => (error ? reject(error) : resolve())),
        );
      }
    };
    await Promise.all(Array.from({ length: 1_000 }, one));
    res.json({ tookMs: performance.now() - start });
  });
  serve(app);
}

void main();
