import { once } from 'node:events';
import { connect } from 'node:net';
import { dropAndClose, openUntil, sendRaw, testBroker, testConnection, waitFor } from '@ticketing/testing';
import { perServiceSettled } from '@ticketing/services';
import { z } from 'zod';
import { Acts, act } from '../acts/acts';
import { Facts } from '../facts/facts';
import type { NewStep } from '../page/model/step';
import { type ConsoleServer, serveConsole } from './console-server';

const hello = {
  ...{ mayAct: true, maySell: false, mayBreak: false, users: [], services: [], broker: 'streaming', replicas: [] },
};
let [ran, token] = [0, ''];
let server: ConsoleServer;
let facts: Facts;
const open = openUntil(afterAll);
const listeners = new Set<() => void>();
const live = {
  ...{ jobs: [], parts: [] },
  onChange: (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
};

beforeAll(async () => {
  const databases = await perServiceSettled(async () => open(await testConnection(), dropAndClose));
  const broker = open(await testBroker(), (opened) => opened.close());
  facts = open(new Facts({ databases, broker, engine: 'streaming', monitorUrl: undefined }), (opened) =>
    opened.close(),
  );
  const acts = new Acts({ probe: act(z.object({ n: z.int() }), () => void ran++) });
  server = open(await serveConsole({ port: 0, facts, live, acts, hello }), (opened) => opened.close());
  token = /name="console-token" content="([^"]+)"/.exec(await (await fetch(server.url)).text())?.[1] ?? '';
});

const step = (n: number): NewStep => ({
  at: n,
  kind: 'applied',
  where: 'orders',
  subject: 'ticket:created',
  version: n,
});

/** What a stream tells until it has told this. */
async function toldUntil(last: string, query = '', headers: Record<string, string> = {}): Promise<string> {
  const end = new AbortController();
  const response = await fetch(`${server.url}/console/events${query}`, { headers, signal: end.signal });
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.includes(last)) break;
  }
  end.abort();
  return text;
}

/** The versions of the steps that a page gets which connects now. */
async function versionsAfter(lastId?: string, query = ''): Promise<{ versions: number[]; id: string }> {
  const headers = lastId === undefined ? {} : { 'last-event-id': lastId };
  const text = await toldUntil('event: live', query, headers); // sent after the steps
  const steps = /^event: steps\ndata: (.*)$/m.exec(text)?.[1];
  const versions = (JSON.parse(steps ?? '[]') as NewStep[]).map(({ version = -1 }) => version);
  return { versions, id: /^id: (.*)$/m.exec(text)?.[1] ?? '' };
}

test('a page that connects again gets what it missed, and after another start everything', async () => {
  facts.history.add(step(1));
  facts.history.add(step(2));
  const first = await versionsAfter();
  expect(first.versions).toEqual([1, 2]);
  facts.history.add(step(3));
  expect((await versionsAfter(first.id)).versions).toEqual([3]);
  expect((await versionsAfter(undefined, `?after=${first.id}`)).versions).toEqual([3]);
  expect((await versionsAfter(first.id, '?after=another.0')).versions).toEqual([3]);
  expect((await versionsAfter('another.2')).versions).toEqual([1, 2, 3]);
  expect((await versionsAfter('nonsense')).versions).toEqual([1, 2, 3]);
});

test('the page names the start that has served it, as its stream does', async () => {
  const [, started] = /name="console-started" content="(\w+)"/.exec(await (await fetch(server.url)).text()) ?? [];
  expect(await toldUntil('event: live')).toContain(`"started":"${started}"`);
});

test('a stream with nothing to tell says that it is there', async () => {
  expect(await toldUntil('event: alive')).toMatch(/event: alive\ndata: .+\n\n$/);
});

test('streams that end leave nothing behind: a page that comes and goes for a day does not make the server grow', async () => {
  const held = () => [listeners.size, facts['watchers'].size, facts.history['listeners'].size];
  const nothing = () => held().every((size) => size === 0);
  await waitFor(nothing, { what: 'the end of the streams of other tests' });
  const end = new AbortController();
  const ask = () => fetch(`${server.url}/console/events`, { signal: end.signal });
  await Promise.all(Array.from({ length: 20 }, ask));
  expect(held()).toEqual([20, 20, 20]);
  end.abort();
  await waitFor(nothing, { what: 'nothing to be left of them' });
});

const post = (headers: readonly string[], body = '{"n":1}') =>
  sendRaw(server.port, ['POST /console/acts/probe HTTP/1.1', `Content-Length: ${body.length}`, ...headers], body);
const own = () => [`Host: localhost:${server.port}`, `Origin: http://localhost:${server.port}`];

test('the page itself may act, with the token of this start', async () => {
  const before = ran;
  expect((await post([...own(), `X-Console-Token: ${token}`])).status).toBe(200);
  expect(ran).toBe(before + 1);
});

test.each<[string, () => string[]]>([
  ['without a token', () => own()],
  ['with the token of another start', () => [...own(), `X-Console-Token: ${'x'.repeat(token.length)}`]],
  ['from a page elsewhere', () => [own()[0] ?? '', 'Origin: https://evil.example', `X-Console-Token: ${token}`]],
  ['from a page on another port', () => [own()[0] ?? '', 'Origin: http://localhost:1', `X-Console-Token: ${token}`]],
  ['from no page', () => [own()[0] ?? '', `X-Console-Token: ${token}`]],
  [
    'by a name that somebody makes lead here',
    () => ['Host: evil.example', 'Origin: http://evil.example', `X-Console-Token: ${token}`],
  ],
])('an act %s is refused and does nothing', async (_how, headers) => {
  const before = ran;
  expect((await post(headers())).status).toBe(403);
  expect(ran).toBe(before);
});

test('an act of another form, and an unknown one, are refused with words', async () => {
  const headers = [...own(), `X-Console-Token: ${token}`];
  const answer = await post(headers, '{"n":"x"}');
  expect([answer.status, JSON.parse(answer.body)]).toEqual([
    422,
    { errors: [{ message: expect.stringMatching(/n/) }] },
  ]);
  expect((await post(headers, 'no JSON')).status).toBe(422);
  const unknown = await fetch(`${server.url}/console/acts/other`, {
    method: 'POST',
    headers: { origin: server.url, 'x-console-token': token },
  });
  expect(unknown.status).toBe(422);
});

test('a console that only reads refuses every act, also of its own page', async () => {
  const reader = open(await serveConsole({ port: 0, facts, live, acts: undefined, hello }), (opened) => opened.close());
  const [, its = ''] = /name="console-token" content="([^"]+)"/.exec(await (await fetch(reader.url)).text()) ?? [];
  const headers = { origin: reader.url, 'x-console-token': its };
  const answer = await fetch(`${reader.url}/console/acts/probe`, { method: 'POST', headers, body: '{"n":1}' });
  expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('--act')]);
});

test.each(['::1', '127.0.0.2'])('it listens on 127.0.0.1 only, and not on all addresses: %s', async (host) => {
  const socket = connect(server.port, host);
  await expect(once(socket, 'connect').finally(() => socket.destroy())).rejects.toThrow();
});

test.each(['//', '//evil.example/', '/console', '/console/page.js/x'])('there is nothing at %s', async (path) => {
  const answer = await sendRaw(server.port, [`GET ${path} HTTP/1.1`, ...own()]);
  expect(answer.status).toBe(404);
});

test.each(['/', '/console/events', '/console/message?subject=ticket:created'])(
  'nothing can be read by another name of this machine: %s',
  async (path) => {
    const answer = await sendRaw(server.port, [`GET ${path} HTTP/1.1`, 'Host: evil.example']);
    expect(answer.status).toBe(403);
  },
);

test('the page has no script within it, loads from nowhere else, and a policy that forbids both', async () => {
  const response = await fetch(server.url);
  const html = await response.text();
  expect(response.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; script-src 'self'; style-src 'self';/,
  );
  expect(response.headers.get('content-security-policy')).not.toContain('unsafe');
  expect(html.match(/<script(?![^>]* src="\/console\/)|<style|\bstyle=|\bon\w+=|https?:/g)).toBeNull();
  const sizes = await Promise.all(
    ['page.js', 'page.css', 'icon.svg'].map(async (name) => {
      const file = await fetch(`${server.url}/console/${name}`);
      return [file.status, (await file.text()).length];
    }),
  );
  for (const [status, size = 0] of sizes) expect([status, size > 100]).toEqual([200, true]);
});
