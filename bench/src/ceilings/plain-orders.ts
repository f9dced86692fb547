// The plain way to keep a replica: each listener looks up the version before its own, saves, and then acks. What it does
// not find, or does not save, comes again after the ack wait.
import express from 'express';
import mongoose from 'mongoose';
import { given, nats, serve } from './given';
import { plainSchema } from './plain-schema';

const text = { type: String, required: true };
const schema = plainSchema({ title: text, price: { type: Number, required: true } });
/** In flight as many as the client allows by default, which is no bound in practice. */
const OPTIONS = { inFlight: 16_384, ackWaitMs: 5_000 };

interface State {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly price: number;
}

async function main(): Promise<void> {
  const Ticket = (await mongoose.createConnection(given('MONGO_URI')).asPromise()).model('Ticket', schema);
  const client = await nats('plain-orders');
  let applied = 0;
  const listen = (channel: string, apply: (state: State) => Promise<unknown>) => {
    const handle = (payload: string, ack: () => void) => {
      const acked = () => {
        ack();
        applied += 1;
      };
      apply(JSON.parse(payload) as State).then(acked, () => undefined);
    };
    return client.subscribe(channel, 'plain', handle, OPTIONS);
  };
  await listen('ticket:created', ({ id, title, price }) => new Ticket({ _id: id, title, price }).save());
  await listen('ticket:updated', async ({ id, version, title, price }) => {
    const ticket = await Ticket.findOne({ _id: id, version: version - 1 }).orFail();
    await ticket.set({ title, price }).save();
  });
  serve(express().get('/applied', (_req, res) => void res.send(String(applied))));
}

void main();
