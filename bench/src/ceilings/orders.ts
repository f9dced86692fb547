// Express with an insert of an order on its unique index, and with a read of a ticket. No event, and the JWT check.
import express from 'express';
import { mongo } from 'mongoose';
import { callerOf, database, serve } from './given';

async function main(): Promise<void> {
  const db = await database();
  const [orders, tickets] = [db.collection('orders'), db.collection('tickets')];
  await orders.createIndex({ 'ticket.id': 1, reservation: -1 }, { unique: true });
  const app = express().use(express.json());
  app.post('/insert', async (req, res) => {
    const userId = callerOf(req.headers);
    const ticket = { id: new mongo.ObjectId((req.body as { ticketId: string }).ticketId), price: 10 };
    const expiresAt = new Date(Date.now() + 900_000);
    const order = { userId, status: 'created', expiresAt, reservation: 1, ticket, version: 0, createdAt: new Date() };
    await orders.insertOne(order);
    res.status(201).json(order);
  });
  app.post('/read', async (req, res) => {
    callerOf(req.headers);
    const ticket = await tickets.findOne({ _id: new mongo.ObjectId((req.body as { ticketId: string }).ticketId) });
    res.status(409).json({ errors: [{ message: `reserved: ${String(ticket?._id)}` }] });
  });
  serve(app);
}

void main();
