// Express, the JWT check, and one insert by the driver. No event.
import express from 'express';
import { mongo } from 'mongoose';
import { callerOf, database, serve } from './given';

async function main(): Promise<void> {
  const tickets = (await database()).collection('tickets');
  const app = express().use(express.json());
  app.post('/api/tickets', async (req, res) => {
    const userId = callerOf(req.headers);
    const { title, price } = req.body as { title: string; price: number };
    const [_id, now] = [new mongo.ObjectId(), new Date()];
    const reservation = { number: 0, state: 'released' };
    await tickets.insertOne({ _id, title, price, userId, reservation, version: 0, createdAt: now, updatedAt: now });
    const state = { id: _id.toHexString(), version: 0, title, price, userId };
    res.status(201).json(state);
  });
  serve(app);
}

void main();
