import { connect } from 'node:net';
import { asOperator, waitFor } from '@ticketing/testing';
import { IN_TIME, inField, member, numbers, publishUntilStored } from './field.test.helper';
import { STREAM, subjectOf } from './names';

jest.setTimeout(180_000);

// The server stores headers unchecked. This client throws for some, and then reads nothing more.
test(
  'messages with headers that the client cannot read are delivered, counted and read like others',
  inField(async (field) => {
    const { channel } = field;
    const server = await field.server();
    const broker = await field.connected(server.url);
    let connections = 0;
    broker.onConnected(() => (connections += 1));
    const { subscription, has } = member(broker, field);
    await subscription.ready;
    const { hostname, port } = new URL(server.url);
    const foreign = connect(Number(port), hostname);
    field.ending(() => foreign.destroy());
    foreign.resume().write('CONNECT {"verbose":false,"headers":true}\r\n');
    for (const [n, odd] of ['My Key: x', 'Schlüssel: x', 'A: x\ny', 'Nats-Sequence: 99'].entries()) {
      const headers = `NATS/1.0\r\n${odd}\r\n\r\n`;
      const size = Buffer.byteLength(headers);
      foreign.write(`HPUB ${subjectOf(channel)} ${size} ${size + 1}\r\n${headers}${n + 1}\r\n`);
    }
    await waitFor(
      async () => (await asOperator(server.url, ({ streams }) => streams.info(STREAM))).state.messages === 4,
      {
        ...IN_TIME,
        what: 'the messages to be stored',
      },
    );
    await publishUntilStored(broker, channel, '5');
    await has(numbers(1, 5));
    expect(await broker.extent(channel)).toMatchObject({ held: 5 });
    const read: string[] = [];
    for await (const { payload, sequence } of broker.readAll(channel)) read.push(`${sequence}: ${payload}`);
    expect(read).toEqual(numbers(1, 5).map((n) => `${n}: ${n}`));
    expect(connections).toBe(0);
  }),
);
