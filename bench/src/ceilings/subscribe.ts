// A bare subscriber: one update for each message, then the ack. It has no versions and no bound, and keeps nothing about
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
  await client.subscribe('ticket:updated', 'bare', (payload, ack) => {
    const { id, version, title, price, userId } = JSON.parse(payload) as State;
    void tickets.updateOne({ _id: new mongo.ObjectId(id) }, { $set: { version, title, price, userId } }).then(() => {
      ack();
      applied += 1;
    });
  });
  serve(express().get('/applied', (_req, res) => void res.send(String(applied))));
}

void main();
