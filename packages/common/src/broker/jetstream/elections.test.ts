import { JetStreamApiCodes } from '@nats-io/jetstream';
import { asClient, inField, member, publishUntilStored } from './field.test.helper';
import { STREAM } from './names';

jest.setTimeout(180_000);

test(
  'a question that gets no answer, as in an election, is asked again long before its time limit',
  inField(async (field) => {
    const theirs = [
      `"$JS.API.STREAM.INFO.${STREAM}": "theirs.stream"`,
      `"$JS.API.CONSUMER.INFO.${STREAM}.*": "theirs.consumer"`,
    ];
    const server = await field.server({ config: `mappings: { ${theirs.join()} }` });
    const nats = await asClient(field, server.url);
    const unasked = new Set(['theirs.stream', 'theirs.consumer']);
    const { StreamNotFound, ConsumerNotFound } = JetStreamApiCodes;
    nats.subscribe('theirs.*', {
      callback: (_, msg) => {
        if (unasked.delete(msg.subject)) return;
        const err_code = msg.subject === 'theirs.stream' ? StreamNotFound : ConsumerNotFound;
        msg.respond(JSON.stringify({ type: 'io.nats', error: { code: 404, err_code, description: 'not found' } }));
      },
    });
    await nats.flush();
    const broker = await field.connected(server.url, { timeoutMs: 600_000 });
    let connections = 0;
    broker.onConnected(() => (connections += 1));
    const { has } = member(broker, field);
    await publishUntilStored(broker, field.channel, '1');
    await has(['1']);
    expect(connections).toBe(0);
  }),
);
