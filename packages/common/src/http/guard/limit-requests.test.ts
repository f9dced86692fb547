import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { ticketsApi } from '../../api/tickets';
import { recordTraces } from '../../tracing/traces.test.helper';
import { currentTraceId } from '../../tracing/tracing';
import { addRoute } from '../add-route';
import { testApp } from '../app.test.helper';
import { type HttpServer, listen } from '../connection/server';

interface Turn {
  readonly name: string;
  readonly answer: () => unknown;
  readonly traceId: string | undefined;
}

/** A name would be looked up in the pool of threads, and the requests change their order. */
const HOST = '127.0.0.1';
const agent = new Agent({ keepAlive: false });
let turns: Turn[];
let server: HttpServer;
/** Ends the work of the running route, whether or not its caller is still there. */
let finish: (() => void)[];

beforeEach(async () => {
  turns = [];
  finish = [];
  const { app } = testApp(
    (router) => {
      router.post('/turn/:name', (req, res) => {
        turns.push({
          name: req.params.name,
          answer: () => res.headersSent || res.json({}),
          traceId: currentTraceId(),
        });
      });
      addRoute(router, { ...ticketsApi.list, path: '/working' }, async (_req, res) => {
        turns.push({ name: 'working', answer: () => undefined, traceId: undefined });
        await new Promise<void>((resolve) => finish.push(resolve));
        res.json({});
      });
    },
    { limits: { concurrency: 2, inFlight: 4 } },
  );
  server = await listen(app, 0, { graceMs: 0 });
});

afterEach(async () => {
  turns.forEach(({ answer }) => answer());
  await server.drain();
});

/** Sends a request; with `whole: false` its body does not end. */
function send(path: string, { whole = true, ...more }: Readonly<Record<string, string | boolean>> = {}): ClientRequest {
  const headers = { 'Content-Type': 'application/json', 'Content-Length': 2, ...(more as Record<string, string>) };
  const sent = request({ host: HOST, port: server.port, path, method: 'POST', headers, agent });
  sent.on('error', () => undefined);
  sent.write(whole ? '{}' : '{');
  return sent;
}

async function replyTo(sent: ClientRequest): Promise<IncomingMessage> {
  const [res] = (await once(sent, 'response')) as [IncomingMessage];
  res.resume();
  return res;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const names = () => turns.map(({ name }) => name);

/** Resolves when everything sent before has been taken in, because a probe goes the same way. */
async function settle(): Promise<void> {
  for (let n = 0; n < 5; n += 1) {
    const probe = request({ host: HOST, port: server.port, path: '/healthz', agent }).end();
    expect((await replyTo(probe)).statusCode).toBe(200);
  }
}

test('a fixed number runs at once; the others wait their turn; beyond that requests are refused, and probes are not', async () => {
  const replies = [];
  for (const name of ['a', 'b', 'c', 'd']) {
    replies.push(replyTo(send(`/turn/${name}`)));
    await settle();
  }
  expect(names()).toEqual(['a', 'b']);
  const refused = await replyTo(send('/turn/e'));
  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '1']);
  turns[1]?.answer();
  await until(() => turns.length === 3);
  expect(names()).toEqual(['a', 'b', 'c']);
  turns[0]?.answer();
  await until(() => turns.length === 4);
  turns.forEach(({ answer }) => answer());
  expect((await Promise.all(replies)).map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200]);
  const after = replyTo(send('/turn/f'));
  await until(() => turns.length === 5);
  turns[4]?.answer();
  expect((await after).statusCode).toBe(200);
});

test('a caller that gives up makes room, and is not handled when it was waiting', async () => {
  const sent = [];
  for (const name of ['a', 'b', 'c', 'd']) {
    sent.push(send(`/turn/${name}`));
    await settle();
  }
  sent[2]?.destroy();
  await settle();
  sent[0]?.destroy();
  await until(() => turns.length === 3);
  expect(names()).toEqual(['a', 'b', 'd']);
  const next = [];
  for (const name of ['e', 'f']) {
    next.push(send(`/turn/${name}`));
    await settle();
  }
  turns[1]?.answer();
  turns[2]?.answer();
  await until(() => turns.length === 5);
  expect(names()).toEqual(['a', 'b', 'd', 'e', 'f']);
  next.forEach((one) => one.destroy());
});

test('slow senders take no turn from others', async () => {
  const slow = [send('/turn/slow', { whole: false }), send('/turn/slow', { whole: false })];
  await settle();
  const reply = replyTo(send('/turn/quick'));
  await until(() => turns.length === 1);
  turns[0]?.answer();
  expect((await reply).statusCode).toBe(200);
  slow.forEach((one) => one.destroy());
});

test('a turn ends with the work, though its caller has gone', async () => {
  const gone = [0, 1].map(() =>
    request({ host: HOST, port: server.port, path: '/working', agent })
      .on('error', () => undefined)
      .end(),
  );
  await until(() => turns.length === 2);
  gone.forEach((one) => one.destroy());
  const next = replyTo(send('/turn/next'));
  await settle();
  expect(names()).toEqual(['working', 'working']);
  finish[0]?.();
  await until(() => turns.length === 3);
  turns[2]?.answer();
  expect((await next).statusCode).toBe(200);
  finish[1]?.();
});

test('of requests that are sent at once over one connection none keeps its place when that breaks', async () => {
  const one = 'POST /turn/a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n';
  const socket = connect(server.port, HOST).on('error', () => undefined);
  socket.write(one.repeat(4));
  await until(() => turns.length === 2);
  await settle();
  socket.destroy();
  await settle();
  const replies = ['b', 'c'].map((name) => replyTo(send(`/turn/${name}`)));
  await until(() => turns.length === 4);
  expect(names().slice(2).sort()).toEqual(['b', 'c']);
  turns.forEach(({ answer }) => answer());
  expect((await Promise.all(replies)).map(({ statusCode }) => statusCode)).toEqual([200, 200]);
});

test('the files of the page of the API take no turn', async () => {
  const busy = [send('/turn/a'), send('/turn/b')];
  await until(() => turns.length === 2);
  const page = request({ host: HOST, port: server.port, path: '/api/docs', agent }).end();
  expect((await replyTo(page)).statusCode).toBe(200);
  busy.forEach((one) => one.destroy());
});

test('a request that has waited continues in the trace of its own caller', async () => {
  const stop = recordTraces();
  const traces = ['a', 'b', 'c'].map((digit) => digit.repeat(32));
  const replies = [];
  for (const traceId of traces) {
    replies.push(replyTo(send(`/turn/${traceId}`, { traceparent: `00-${traceId}-b7ad6b7169203331-01` })));
    await settle();
  }
  turns[0]?.answer();
  await until(() => turns.length === 3);
  turns.forEach(({ answer }) => answer());
  await Promise.all(replies);
  expect(turns.map(({ traceId }) => traceId)).toEqual(traces);
  await stop();
});
