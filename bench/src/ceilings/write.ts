// Express, the JWT check, and one write by the driver. With PUBLISH it also publishes, and does not wait for the broker.
import express from 'express';
import { mongo } from 'mongoose';
import { callerOf, database, nats, serve } from './given';

async function main(): Promise<void> {
  const tickets = (await database()).collection('tickets');
  const client = process.env['PUBLISH'] ? await nats('write') : undefined;
  const app = express().use(express.json());
  app.post('/api/tickets', async (req, res) => {
    const userId = callerOf(req.headers);
    const { title, price } = req.body as { title: string; price: number };
    const [_id, now] = [new mongo.ObjectId(), new Date()];
    const reservation = { number: 0, state: 'released' };
    await tickets.insertOne({ _id, title, price, userId, reservation, version: 0, createdAt: now, updatedAt: now });
    const state = { id: _id.toHexString(), version: 0, title, price, userId };
    void client?.publish('ticket:created', JSON.stringify(state));
    res.status(201).json(state);
  });
  app.put('/api/tickets/:id', async (req, res) => {
    const userId = callerOf(req.headers);
    const { title, price } = req.body as { title: string; price: number };
    const change = { $set: { title, price, updatedAt: new Date() }, $inc: { version: 1 } };
    const _id = new mongo.ObjectId(req.params.id);
    const after = await tickets.findOneAndUpdate({ _id }, change, { returnDocument: 'after' });
    const state = { id: req.params.id, version: after?.['version'] as number, title, price, userId };
    void client?.publish('ticket:updated', JSON.stringify(state));
    res.json(state);
  });
  serve(app);
}

void main();
