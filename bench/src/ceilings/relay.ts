// A bare relay: POST /relay reads the documents with an event in their outbox, publishes each event, and marks each
// document as published. It answers with how many there were and how long it took (ms). It reads the next 1,000 while it
// publishes, and marks those of before meanwhile.
import express from 'express';
import type { mongo } from 'mongoose';
import { database, nats, serve } from './given';

const PAGE = 1_000;

interface Waiting {
  readonly _id: mongo.ObjectId;
  readonly outbox: readonly [{ readonly subject: string; readonly event: unknown }];
}

async function main(): Promise<void> {
  const tickets = (await database()).collection<Waiting>('tickets');
  const client = await nats('relay');
  const mark = (page: readonly Waiting[]) => {
    const update = { $set: { published: true } };
    return tickets.bulkWrite(
      page.map(({ _id }) => ({ updateOne: { filter: { _id }, update } })),
      { ordered: false },
    );
  };
  const app = express();
  app.post('/relay', async (_req, res) => {
    const start = performance.now();
    const cursor = tickets.find({ 'outbox.at': { $gt: new Date(0) } }, { projection: { outbox: 1 }, batchSize: PAGE });
    const read = async () => {
      const page: Waiting[] = [];
      for (let next; page.length < PAGE && (next = await cursor.next());) page.push(next);
      return page;
    };
    let amount = 0;
    let marked: Promise<unknown> = Promise.resolve();
    for (let page = await read(); page.length > 0;) {
      const next = read();
      await Promise.all(page.map(({ outbox: [{ subject, event }] }) => client.publish(subject, JSON.stringify(event))));
      await marked;
      marked = mark(page);
      amount += page.length;
      page = await next;
    }
    await marked;
    res.json({ amount, tookMs: performance.now() - start });
  });
  serve(app);
}

void main();
