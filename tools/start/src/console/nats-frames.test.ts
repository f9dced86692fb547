import { NatsFrames } from './nats-frames';

const text =
  'INFO {"a":1}\r\nPING\r\nMSG a.b 1 12\r\nhello\r\nthere\r\nHMSG a 1 reply 4 6\r\nhh\r\nxy\r\nPUB c 0\r\n\r\n+OK\r\n';
const expected = [
  ['INFO {"a":1}', ''],
  ['PING', ''],
  ['MSG a.b 1 12', 'hello\r\nthere'],
  ['HMSG a 1 reply 4 6', 'hh\r\nxy'],
  ['PUB c 0', ''],
  ['+OK', ''],
];

test.each([1, 2, 3, 7, 1_000])('frames are the same in whatever pieces of %s bytes they come', (size) => {
  const frames = new NatsFrames();
  const bytes = Buffer.from(text);
  const found = [];
  for (let at = 0; at < bytes.length; at += size) found.push(...frames.push(bytes.subarray(at, at + size)));
  expect(found.map(({ line, payload }) => [line, payload.toString()])).toEqual(expected);
  expect(Buffer.concat(found.map(({ whole }) => whole)).toString()).toBe(text);
});
