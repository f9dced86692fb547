// Publishes at a rate and receives with another client: GET /latencies?perSecond&amount answers the ms between the two.
import express from 'express';
import type { Message } from 'node-nats-streaming';
import { openLoop } from '../load/open-loop';
import { nats, serve } from './given';

async function main(): Promise<void> {
  const [publisher, receiver] = [await nats('publish'), await nats('receive')];
  const received = new Map<number, (at: number) => void>();
  receiver.subscribe('latency').on('message', (message: Message) => {
    const { n } = JSON.parse(message.getData() as string) as { n: number };
    received.get(n)?.(performance.now());
  });
  const app = express();
  app.get('/latencies', async (req, res) => {
    const { perSecond, amount } = req.query;
    const latencies = await openLoop(Number(perSecond), Number(amount), async (n, due) => {
      const arrived = new Promise<number>((resolve) => received.set(n, resolve));
      publisher.publish('latency', JSON.stringify({ n, title: 'a ticket', price: 10, userId: 'bench' }));
      return (await arrived) - due;
    });
    res.json(latencies);
  });
  serve(app);
}

void main();
