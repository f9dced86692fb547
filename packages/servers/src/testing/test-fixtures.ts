import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

const temporary: string[] = [];
const servers: { close(): unknown; closeAllConnections(): void }[] = [];

/** A folder that `cleanUpFixtures` removes. */
export function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'servers-test-'));
  temporary.push(dir);
  return dir;
}

/** To be called after each test. */
export function cleanUpFixtures(): void {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  for (const dir of temporary.splice(0)) rmSync(dir, { recursive: true, force: true });
}

/**
 * A program that accepts connections on the port behind `flag` and prints what the real server prints.
 * @param version what nats-server says of itself
 */
export function fakeServer(dir: string, name: string, version = '2.15.2'): string {
  const [flag, words] = name === 'mongod' ? ['--port', 'Waiting for connections'] : ['-p', 'Streaming Server is ready'];
  mkdirSync(dir, { recursive: true });
  const file = join(dir, name);
  const source = `#!${process.execPath}
if (process.argv[2] === '--version') console.log('nats-server: v${version}'), process.exit();
const port = Number(process.argv[process.argv.indexOf('${flag}') + 1]);
require('node:net').createServer().listen(port, '127.0.0.1', () => console.log('${words}'));
`;
  writeFileSync(file, source);
  chmodSync(file, 0o755);
  return file;
}

/** A program that only fails. */
export function brokenProgram(dir: string, name: string): void {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, name), `#!${process.execPath}\nconsole.error('broken on purpose');process.exit(3);\n`);
  chmodSync(join(dir, name), 0o755);
}

/** Serves the result of `answer` for a path: 404 for undefined, no answer at all for "never". */
export async function httpFixture(answer: (path: string) => Buffer | undefined | 'never') {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const body = answer(request.url ?? '');
    if (body === 'never') return;
    if (body === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-length': body.length }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** A .tgz as mongodb.com serves it, with `program` as its bin/mongod. */
export function mongodArchive(): Buffer {
  const dir = temporaryDir();
  fakeServer(join(dir, 'mongodb', 'bin'), 'mongod');
  const made = spawnSync('tar', ['-czf', 'mongod.tgz', 'mongodb'], { cwd: dir });
  if (made.status !== 0) throw new Error(`tar failed: ${made.stderr.toString()}`);
  return readFileSync(join(dir, 'mongod.tgz'));
}

export function md5(data: Buffer): string {
  return createHash('md5').update(data).digest('hex');
}

export function sha256(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

/** A zip archive of one file, stored. */
export function zipOf(name: string, content: Buffer): Buffer {
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(content.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(Buffer.byteLength(name), 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), content]);
  const central = Buffer.concat([
    Buffer.from('PK\x01\x02\x14\x00', 'latin1'),
    common,
    Buffer.alloc(14),
    Buffer.from(name),
  ]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}
