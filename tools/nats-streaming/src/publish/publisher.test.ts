import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeEvent } from '@ticketing/common';
import { testServers, uniqueName, waitFor } from '@ticketing/testing';
import { killAll, listening, Program, published } from '../program.test.helper';

let channel: string;
let dir: string;
beforeEach(() => {
  channel = uniqueName('channel-');
  dir = mkdtempSync(join(tmpdir(), 'nats-publish-'));
});
afterEach(async () => {
  await killAll();
  rmSync(dir, { recursive: true });
});

const ticket = { id: '6565f0c2a1b2c3d4e5f60718', version: 0, title: 'concert', price: 20, userId: 'alice' };
const GUID = /^published to \S+, guid [A-Z0-9]{22}$/gm;

/** A file with this content. */
function file(content: string | Buffer): string {
  const path = join(dir, 'events');
  writeFileSync(path, content);
  return path;
}

/** What is in the channel now, message by message. */
async function contentOf(name: string, count: number): Promise<string[]> {
  const listener = await listening(name, '--all');
  await waitFor(() => listener.sequences.length >= count);
  const { stdout } = await listener.kill('SIGTERM');
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(`${name} `)[1] ?? '');
}

test('prints the guid of each message that the server acked, and says how many', async () => {
  const { code, stdout, stderr } = await published(channel, 'hello {n}', '--count', '3');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '3 published, connection closed\n' });
  expect(new Set(stdout.match(GUID)).size).toBe(3);
  expect(await contentOf(channel, 3)).toEqual(['hello 0', 'hello 1', 'hello 2']);
});

test('a file: a message of each line, or of the whole if it is one JSON', async () => {
  await published(channel, '--file', file('one\r\n\n{"two":2}\n'));
  await published(channel, '--file', file('{\n  "three": 3\n}\n'));
  expect(await contentOf(channel, 3)).toEqual(['one', '{ two: 2 }', '{ three: 3 }']);
});

test('--stdin: a message of each line as it comes', async () => {
  const publisher = new Program('publish/publisher.js', [channel, '--stdin']);
  const listener = await listening(channel, '--all');
  publisher.type('one\n');
  await waitFor(() => listener.sequences.length === 1);
  publisher.type('\ntwo\n');
  publisher.endInput();
  expect(await publisher.ended).toMatchObject({ code: 0, stderr: '2 published, connection closed\n' });
  await waitFor(() => listener.sequences.length === 2);
});

test('--rate: not faster', async () => {
  const began = Date.now();
  await published(channel, 'x', '--count', '6', '--rate', '2');
  expect(Date.now() - began).toBeGreaterThan(2_400);
});

test('an event without meta gets one, and keeps its contract', async () => {
  expect(await published('ticket:created', JSON.stringify(ticket))).toMatchObject({ code: 0 });
  const listener = await listening('ticket:created', '--last');
  await waitFor(() => listener.sequences.length === 1);
  const [, text = ''] = /ticket:created (.*)$/m.exec(listener.stdout) ?? [];
  const payload = text.replace(/([{,] )(\w+):/g, '$1"$2":').replaceAll("'", '"');
  expect(JSON.parse(payload)).toHaveProperty('meta');
  const event = decodeEvent('ticket:created', { channel: 'ticket:created', sequence: 1, storedAt: 1, payload });
  expect(event).toMatchObject({ ok: true, event: ticket });
});

test.each([
  ['a field is wrong', JSON.stringify({ ...ticket, price: -1 }), /: price: .*>=0/],
  ['a field is missing', JSON.stringify({ ...ticket, title: undefined }), /: title: /],
  ['a field is unknown', JSON.stringify({ ...ticket, colour: 'red' }), /: event: Unrecognized key: "colour"/],
  ['it is not JSON', 'concert', /: it is not JSON: /],
])('what breaks the contract of a known subject is refused, %s; --force sends it', async (_name, data, reason) => {
  const refused = await published('ticket:updated', data);
  expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(reason) });
  expect(refused.stderr).toMatch(
    /^Not published:\nthe data: it breaks the contract of ticket:updated: [^]*--force also sends an event that breaks one\.\n$/,
  );
  expect(await published('ticket:updated', data, '--force')).toMatchObject({ code: 0 });
});

test('of a file with a broken event nothing is sent; of standard input the others are', async () => {
  const lines = `${JSON.stringify(ticket)}\n{"id":1}\n`;
  const fromFile = await published('ticket:updated', '--file', file(lines));
  expect(fromFile).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('line 2 of ') });
  const publisher = new Program('publish/publisher.js', ['ticket:updated', '--stdin']);
  publisher.type(lines);
  publisher.endInput();
  const { code, stdout, stderr } = await publisher.ended;
  expect({ code, guids: stdout.match(GUID)?.length }).toEqual({ code: 1, guids: 1 });
  expect(stderr).toMatch(/^line 2 is not published: it breaks the contract of ticket:updated: id: /m);
});

test('what is larger than a message is refused before the server cuts the connection, also with --force', async () => {
  const large = 'x'.repeat(1_100_000);
  const refused = await published(channel, '--file', file(`small\n${large}\n`), '--force');
  expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/line 2 of .*: 1100000 bytes/) });
  const publisher = new Program('publish/publisher.js', [channel, '--stdin']);
  publisher.type(`${large}\n${'x'.repeat(1_044_480)}\n`);
  publisher.endInput();
  const { code, stdout } = await publisher.ended;
  expect({ code, guids: stdout.match(GUID)?.length }).toEqual({ code: 1, guids: 1 });
});

test('bytes that are no text are refused, and not changed in silence', async () => {
  const binary = Buffer.from([0x68, 0x69, 0xff, 0xfe, 0x0a]);
  const words = { code: 1, stdout: '', stderr: expect.stringContaining('not UTF-8') };
  expect(await published(channel, '--file', file(binary))).toMatchObject(words);
  const publisher = new Program('publish/publisher.js', [channel, '--stdin']);
  publisher.type(binary);
  publisher.endInput();
  expect(await publisher.ended).toMatchObject(words);
});

test('a reader who has seen enough ends it', async () => {
  const publisher = new Program('publish/publisher.js', [channel, 'x', '--count', '100000', '--rate', '50']);
  await waitFor(() => publisher.stdout !== '');
  publisher.closeOutput();
  expect(await publisher.ended).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^\d{1,3} published, connection closed$/m),
  });
});

test('asked to end, it says how much the server has, and leaves', async () => {
  const publisher = new Program('publish/publisher.js', [channel, 'x', '--count', '100000', '--rate', '20']);
  await waitFor(() => (publisher.stdout.match(GUID) ?? []).length > 2);
  const { code, stdout, stderr } = await publisher.kill('SIGINT');
  expect({ code, stderr }).toEqual({ code: 0, stderr: `${stdout.match(GUID)?.length} published, connection closed\n` });
});

const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le');

test.each<[string, Buffer, string[]]>([
  ['a byte order mark', Buffer.from('\uFEFFone\ntwo'), ['one', 'two']],
  ['line separators of Unicode, and a lone CR', Buffer.from('a\u2028b\nc\rd\r\n'), ['a\u2028b', 'c\rd']],
  ['UTF-16', utf16('one\ntwo'), []],
  ['UTF-16 that is swapped', utf16('one\ntwo').swap16(), []],
  ['lines of NUL only', Buffer.from('\0\0\n\0'), []],
])('%s: the same by --file and by --stdin', async (_, content, texts) => {
  const fromFile = await published(channel, '--file', file(content));
  const publisher = new Program('publish/publisher.js', [channel, '--stdin']);
  publisher.type(content);
  publisher.endInput();
  const fromStdin = await publisher.ended;
  const words = texts.length > 0 ? `${texts.length} published` : 'NUL characters, as UTF-16 has: save it as UTF-8';
  for (const { code, stdout, stderr } of [fromFile, fromStdin]) {
    expect({ code, guids: stdout.match(GUID)?.length ?? 0 }).toEqual({
      code: texts.length > 0 ? 0 : 1,
      guids: texts.length,
    });
    expect(stderr).toContain(words);
  }
  if (texts.length > 0) expect(await contentOf(channel, 4)).toEqual([...texts, ...texts]);
});

test('an output that cannot be written is said, and is exit code 1', () => {
  const { natsUrl, natsClusterId } = testServers();
  const args = [join(__dirname, '..', '..', 'dist', 'publish', 'publisher.js'), channel, 'x', '--count', '3'];
  const where = ['--url', natsUrl, '--cluster', natsClusterId];
  const toFull = ['-c', 'exec "$0" "$@" >/dev/full', process.execPath, ...args, ...where];
  const { status, stderr } = spawnSync('/bin/sh', toFull, { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('cannot be written: ENOSPC') });
});
