// The usual code: a Mongoose save with the version plugin, then an awaited publish. A crash between the two loses the
// event.
import express from 'express';
import mongoose, { Schema } from 'mongoose';
import { updateIfCurrentPlugin } from 'mongoose-update-if-current';
import { callerOf, given, nats, serve } from './given';

const text = { type: String, required: true };
const number = { type: Number, required: true };
const reservation = new Schema({ number, state: text }, { _id: false });
const schema = new Schema({ title: text, price: number, userId: text, reservation }, { timestamps: true });
schema.set('versionKey', 'version');
schema.set('writeConcern', { w: 'majority', j: true });
schema.plugin(updateIfCurrentPlugin);

async function main(): Promise<void> {
  const Ticket = (await mongoose.createConnection(given('MONGO_URI')).asPromise()).model('Ticket', schema);
  const client = await nats('save-and-publish');
  const app = express().use(express.json());
  app.post('/api/tickets', async (req, res) => {
    const userId = callerOf(req.headers);
    const { title, price } = req.body as { title: string; price: number };
    const ticket = new Ticket({ title, price, userId, reservation: { number: 0, state: 'released' } });
    await ticket.save();
    const state = { id: ticket.id as string, version: ticket.get('version') as number, title, price, userId };
    await client.publish('ticket:created', JSON.stringify(state));
    res.status(201).json(state);
  });
  serve(app);
}

void main();
