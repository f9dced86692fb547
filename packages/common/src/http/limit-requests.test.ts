import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { testApp } from './app.test.helper';
import { type HttpServer, listen } from './server';

interface Turn {
  readonly name: string;
  readonly answer: () => unknown;
}

const agent = new Agent({ keepAlive: false });
let turns: Turn[];
let server: HttpServer;

beforeEach(async () => {
  turns = [];
  const { app } = testApp(
    (router) => {
      router.post('/turn/:name', (req, res) => {
        turns.push({ name: req.params.name, answer: () => res.headersSent || res.json({}) });
      });
    },
    { limits: { concurrency: 2, inHand: 4 } },
  );
  server = await listen(app, 0, { graceMs: 0 });
});

afterEach(async () => {
  turns.forEach(({ answer }) => answer());
  await server.drain();
});

/** Sends a request; with `whole: false` its body does not end. */
function send(path: string, { whole = true } = {}): ClientRequest {
  const headers = { 'Content-Type': 'application/json', 'Content-Length': 2 };
  const sent = request({ port: server.port, path, method: 'POST', headers, agent });
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

/** Resolves when all that was sent before has been taken in: a probe goes the same way. */
async function settle(): Promise<void> {
  for (let n = 0; n < 5; n += 1) {
    const probe = request({ port: server.port, path: '/healthz', agent }).end();
    expect((await replyTo(probe)).statusCode).toBe(200);
  }
}

test('so many are handled at once; the others wait their turn; more than may wait are refused, and probes are not', async () => {
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

test('who gives up makes room, and is not handled when it was waiting', async () => {
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
  const next = [send('/turn/e'), send('/turn/f')];
  await settle();
  turns[1]?.answer();
  turns[2]?.answer();
  await until(() => turns.length === 5);
  expect(names()).toEqual(['a', 'b', 'd', 'e', 'f']);
  next.forEach((one) => one.destroy());
});

test('who sends slowly takes no turn from others', async () => {
  const slow = [send('/turn/slow', { whole: false }), send('/turn/slow', { whole: false })];
  await settle();
  const reply = replyTo(send('/turn/quick'));
  await until(() => turns.length === 1);
  turns[0]?.answer();
  expect((await reply).statusCode).toBe(200);
  slow.forEach((one) => one.destroy());
});
