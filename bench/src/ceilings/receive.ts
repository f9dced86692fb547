// Publishes at a rate and receives with another client: GET /latencies?perSecond&amount answers the ms between the two.
import express from 'express';
import { openLoop } from '../load/open-loop';
import { nats, serve } from './given';

async function main(): Promise<void> {
  const [publisher, receiver] = [await nats('publish'), await nats('receive')];
  const received = new Map<number, (at: number) => void>();
  await receiver.subscribe('latency', 'receive', (payload, ack) => {
    const { n } = JSON.parse(payload) as { n: number };
    received.get(n)?.(performance.now());
    ack();
  });
  const app = express();
  app.get('/latencies', async (req, res) => {
    const { perSecond, amount } = req.query;
    const latencies = await openLoop(Number(perSecond), Number(amount), async (n, due) => {
      const arrived = new Promise<number>((resolve) => received.set(n, resolve));
      const sent = publisher.publish('latency', JSON.stringify({ n, title: 'a ticket', price: 10, userId: 'bench' }));
      const at = await arrived;
      await sent;
      return at - due;
    });
    res.json(latencies);
  });
  serve(app);
}

void main();
