import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, smallDisk } from '@ticketing/servers';

jest.setTimeout(240_000);
const MAIN = join(__dirname, '..', '..', 'dist', 'main.js');
const WRITERS = 8;

/** The answer, or `undefined` when there is none. */
async function ask(url: string, token: string, body?: object) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const init = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers };
  try {
    const response = await fetch(url, init);
    const read: unknown = await response.json();
    return { status: response.status, text: JSON.stringify(read), id: (read as { id?: string }).id ?? '' };
  } catch {
    return undefined;
  }
}

test('a disk that is full under load is said, answered 503, and all goes on when it has space: every 201 is there', async () => {
  const disk = smallDisk(64);
  if (!disk) return;
  const port = await freePort();
  const env = {
    ...process.env,
    MONGO_URI: '',
    NATS_URL: '',
    PORT: String(port),
    TICKETING_DATA: join(disk.dir, 'data'),
  };
  const child = spawn(process.execPath, [MAIN], { env });
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const until = async (what: string, is: () => boolean | Promise<boolean>) => {
    for (let waited = 0; waited < 90_000 && child.exitCode === null; waited += 100) {
      if (await is()) return;
      await sleep(100);
    }
    throw new Error(`not in time: ${what}\n${output.slice(-10_000)}`);
  };
  try {
    await until('it is ready', () => output.includes('Ctrl-C stops everything'));
    const api = `http://localhost:${port}/api`;
    const token = /TOKEN=(\S+)/.exec(output)?.[1] ?? '';
    const sell = () => ask(`${api}/tickets`, token, { title: 'Concert', price: 20 });
    const created: string[] = [];
    const others = new Map<string, number>();
    let isOver = false;
    const writers = Array.from({ length: WRITERS }, async () => {
      while (!isOver) {
        const answer = await sell();
        if (answer?.status === 201) created.push(answer.id);
        else if (answer)
          others.set(`${answer.status} ${answer.text}`, 1 + (others.get(`${answer.status} ${answer.text}`) ?? 0));
      }
    });
    await until('tickets are sold', () => created.length > 50);
    disk.fill();
    const refused =
      '503 {"errors":[{"message":"the database\'s disk is full: nothing can be saved until it has space again"}]}';
    await until('it is refused', () => (others.get(refused) ?? 0) > 50);
    const isShown = async () => (await ask(`${api}/tickets/${created[0]}`, token))?.status === 200;
    await until('what was saved is shown', isShown);
    const before = created.length;
    disk.free();
    await until('tickets are sold again', () => created.length > before + 20);
    isOver = true;
    await Promise.all(writers);

    // A failed commit, beside the refusals, may have ended the database: then it cannot be reached for a moment.
    expect([...others.keys()].filter((answer) => !answer.startsWith('503 '))).toEqual([]);
    const shown = await Promise.all(created.map(async (id) => (await ask(`${api}/tickets/${id}`, token))?.status));
    expect(new Set(shown)).toEqual(new Set([200]));
    // Its event went through the broker, which ends when its disk is full, and is started again.
    const [first = '', last = ''] = [created[0], created.at(-1)];
    for (const ticketId of [first, created[before - 1] ?? '', last]) {
      await until(
        'the ticket can be ordered',
        async () => (await ask(`${api}/orders`, token, { ticketId }))?.status === 201,
      );
    }
    const said = (text: string) =>
      output.split('\n').filter((line) => line.startsWith('tickets') && line.includes(text)).length;
    expect(said('ERROR: the disk of MongoDB is full')).toBe(1);
    expect(said('INFO: the disk of MongoDB has space again')).toBe(1);
    expect(output).not.toContain('request failed by a fault of the service');
  } finally {
    child.kill('SIGINT');
    await exited;
    disk.remove();
  }
});
