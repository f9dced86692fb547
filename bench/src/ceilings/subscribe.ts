// A bare subscriber: one write for each message, then the ack. It has no versions and no bound, and keeps nothing about
// failures.
import express from 'express';
import { mongo } from 'mongoose';
import { database, nats, serve } from './given';

interface State {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly price: number;
  readonly userId: string;
}

async function main(): Promise<void> {
  const tickets = (await database()).collection('tickets');
  const client = await nats('subscribe');
  let applied = 0;
  const listen = (channel: string, write: (state: State) => Promise<unknown>) =>
    client.subscribe(channel, 'bare', (payload, ack) => {
      void write(JSON.parse(payload) as State).then(() => {
        ack();
        applied += 1;
      });
    });
  await listen('ticket:created', ({ id, ...state }) => tickets.insertOne({ _id: new mongo.ObjectId(id), ...state }));
  await listen('ticket:updated', ({ id, version, title, price, userId }) =>
    tickets.updateOne({ _id: new mongo.ObjectId(id) }, { $set: { version, title, price, userId } }),
  );
  serve(express().get('/applied', (_req, res) => void res.send(String(applied))));
}

void main();
