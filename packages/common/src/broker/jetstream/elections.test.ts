import { JetStreamApiCodes } from '@nats-io/jetstream';
import type { Msg } from '@nats-io/transport-node';
import { waitFor } from '@ticketing/testing';
import { asClient, type Field, IN_TIME, inField, member, publishUntilStored } from './field.test.helper';
import { STREAM, SUBJECTS } from './names';

jest.setTimeout(180_000);

/** A server where `answer` takes the questions for the stream (`theirs.stream`) and its consumers (`theirs.consumer`). */
async function answeredBy(field: Field, answer: (question: Msg) => void) {
  const theirs = [
    `"$JS.API.STREAM.INFO.${STREAM}": "theirs.stream"`,
    `"$JS.API.CONSUMER.INFO.${STREAM}.*": "theirs.consumer"`,
  ];
  const server = await field.server({ config: `mappings: { ${theirs.join()} }` });
  const nats = await asClient(field, server.url);
  nats.subscribe('theirs.*', { callback: (_, question) => answer(question) });
  await nats.flush();
  return server;
}

function refuse(question: Msg, code: number, err_code: number): void {
  question.respond(JSON.stringify({ type: 'io.nats', error: { code, err_code, description: 'by a test' } }));
}

test(
  'a question that gets no answer, as in an election, is asked again long before its time limit',
  inField(async (field) => {
    const unasked = new Set(['theirs.stream', 'theirs.consumer']);
    const { StreamNotFound, ConsumerNotFound } = JetStreamApiCodes;
    const server = await answeredBy(field, (question) => {
      if (unasked.delete(question.subject)) return;
      refuse(question, 404, question.subject === 'theirs.stream' ? StreamNotFound : ConsumerNotFound);
    });
    const broker = await field.connected(server.url, { timeoutMs: 600_000 });
    let connections = 0;
    broker.onConnected(() => (connections += 1));
    const { has } = member(broker, field);
    await publishUntilStored(broker, field.channel, '1');
    await has(['1']);
    expect(connections).toBe(0);
  }),
);

test(
  'without a majority the broker is down, although a leader without one says for a while that it leads',
  inField(async (field) => {
    let looks = 0;
    const isLed = () => looks < 5 || looks > 8;
    const server = await answeredBy(field, (question) => {
      if (question.subject === 'theirs.consumer') return refuse(question, 503, 10008);
      looks += 1;
      const config = { name: STREAM, subjects: [SUBJECTS], retention: 'limits', allow_direct: true, num_replicas: 3 };
      const cluster = { name: 'c', leader: isLed() ? 'n1' : '' };
      question.respond(JSON.stringify({ config, cluster, created: '2026-01-01T00:00:00Z', state: { last_seq: 0 } }));
    });
    const broker = await field.connected(server.url);
    member(broker, field);
    await waitFor(() => broker.downSince() !== undefined, { ...IN_TIME, what: 'the broker to be down' });
    expect(broker.isConnected()).toBe(false);
    await waitFor(() => broker.isConnected(), { ...IN_TIME, what: 'a leader' });
  }),
);
