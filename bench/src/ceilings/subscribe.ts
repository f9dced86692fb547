// A bare subscriber: one write for each message, then the ack. It has no versions and no bound, and keeps nothing about
// failures.
import express from 'express';
import { mongo } from 'mongoose';
import type { Message } from 'node-nats-streaming';
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
  const stan = await nats('subscribe');
  let applied = 0;
  const listen = (channel: string, write: (state: State) => Promise<unknown>) => {
    const options = stan.subscriptionOptions().setDeliverAllAvailable().setManualAckMode(true).setDurableName('bare');
    const subscription = stan.subscribe(channel, 'bare', options.setMaxInFlight(64).setAckWait(30_000));
    subscription.on('message', (message: Message) => {
      void write(JSON.parse(message.getData() as string) as State).then(() => {
        message.ack();
        applied += 1;
      });
    });
  };
  listen('ticket:created', ({ id, ...state }) => tickets.insertOne({ _id: new mongo.ObjectId(id), ...state }));
  listen('ticket:updated', ({ id, version, title, price, userId }) =>
    tickets.updateOne({ _id: new mongo.ObjectId(id) }, { $set: { version, title, price, userId } }),
  );
  serve(express().get('/applied', (_req, res) => void res.send(String(applied))));
}

void main();
