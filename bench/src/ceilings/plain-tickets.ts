// The plain way: a Mongoose save with the version plugin, then a publish that nobody waits for, unless AWAIT_PUBLISH is
// set. A crash between the two loses the event. Of edits at the same time one succeeds, and the others are answered 500.
import express, { type ErrorRequestHandler } from 'express';
import mongoose, { type Document } from 'mongoose';
import { callerOf, given, nats, serve } from './given';
import { plainSchema } from './plain-schema';

const text = { type: String, required: true };
const number = { type: Number, required: true };
const schema = plainSchema({ title: text, price: number, userId: text, reservation: { number, state: text } });
const AWAITED = Boolean(process.env['AWAIT_PUBLISH']);

interface Input {
  readonly title: string;
  readonly price: number;
}

async function main(): Promise<void> {
  const Ticket = (await mongoose.createConnection(given('MONGO_URI')).asPromise()).model('Ticket', schema);
  const client = await nats('plain-tickets');
  const savedAndPublished = async (ticket: Document<unknown>, subject: string) => {
    await ticket.save();
    const [title, price, userId] = ['title', 'price', 'userId'].map((name) => ticket.get(name) as unknown);
    const state = { id: ticket.id as string, version: ticket.get('version') as number, title, price, userId };
    const published = client.publish(subject, JSON.stringify(state));
    if (AWAITED) await published;
    else published.catch(() => undefined);
    return state;
  };
  const app = express().use(express.json());
  app.post('/api/tickets', async (req, res) => {
    const userId = callerOf(req.headers);
    const { title, price } = req.body as Input;
    const ticket = new Ticket({ title, price, userId, reservation: { number: 0, state: 'released' } });
    res.status(201).json(await savedAndPublished(ticket, 'ticket:created'));
  });
  app.put('/api/tickets/:id', async (req, res) => {
    callerOf(req.headers);
    const { title, price } = req.body as Input;
    const ticket = await Ticket.findById(req.params.id).orFail();
    ticket.set({ title, price });
    res.json(await savedAndPublished(ticket, 'ticket:updated'));
  });
  const failed: ErrorRequestHandler = (_error, _req, res, _next) => void res.status(500).json({});
  serve(app.use(failed));
}

void main();
