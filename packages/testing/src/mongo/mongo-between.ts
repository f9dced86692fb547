import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { mongo } from 'mongoose';
import { addressThrough } from '../network/tcp-proxy';
import { bodyOf, describeCommand, idsOf, messageOf, type MongoCommand, wireMessages } from './wire-commands';

type Document = mongo.BSON.Document;

/** The ids of commands that a stand-in asks by itself begin here, far from those of the driver. */
const OWN_IDS = 2 ** 30;

const OLD_REPLY_HEADER_BYTES = 36;

/** A command that has left the client and has not reached the server: it must be passed or answered. */
export interface HeldCommand extends MongoCommand {
  /** Asks the server something else before, in its database. */
  ask(body: Document): Promise<Document>;
  /** Lets the server execute it and answer the client. */
  pass(): void;
  /** Answers the client instead of the server. */
  answer(body: Document): void;
}

/** Stands between clients and a real MongoDB, and decides over each command. */
export interface MongoBetween {
  /** The address for the client instead of the server's; the rest of the address is the same. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * @param url names one host, without TLS
 * @param onCommand called with each command, the driver's small talk among them
 * @param hello changes what the server says of itself when it is greeted
 */
export async function startMongoBetween(
  url: string,
  onCommand: (command: HeldCommand) => void,
  hello: Document = {},
): Promise<MongoBetween> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let asked = OWN_IDS;
  const server = createServer((client) => {
    const upstream = connect(Number(port || 27017), hostname);
    const awaited = new Map<number, (answer: Document) => void>();
    const fromClient = wireMessages((message) => {
      const body = bodyOf(message);
      if (!body) return void upstream.write(message);
      const { id } = idsOf(message);
      onCommand({
        ...describeCommand(body, message.length),
        ask: (question) =>
          new Promise((resolve) => {
            const own = (asked += 1);
            awaited.set(own, resolve);
            upstream.write(messageOf({ id: own }, { ...question, $db: String(body['$db']) }));
          }),
        pass: () => void upstream.write(message),
        answer: (answer) => void client.write(messageOf({ answers: id }, answer)),
      });
    });
    const fromServer = wireMessages((message) => {
      const { answers } = idsOf(message);
      const asked = awaited.get(answers);
      if (!asked) return void client.write(greeting(message, hello));
      awaited.delete(answers);
      asked(bodyOf(message) ?? {});
    });
    client.on('data', fromClient);
    upstream.on('data', fromServer);
    const end = () => [client, upstream].forEach((socket) => socket.destroy());
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', end).on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: addressThrough(url, (server.address() as AddressInfo).port),
    close: async () => {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A message of the server, changed if it is a greeting. The handshake's old kind (OP_REPLY) is answered by the new one. */
function greeting(message: Buffer, hello: Document): Buffer {
  if (Object.keys(hello).length === 0) return message;
  const body = bodyOf(message) ?? mongo.BSON.deserialize(message.subarray(OLD_REPLY_HEADER_BYTES));
  return 'maxWireVersion' in body ? messageOf({ answers: idsOf(message).answers }, { ...body, ...hello }) : message;
}
