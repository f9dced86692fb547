import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@ticketing/servers';
import { waitFor } from '@ticketing/testing';
import { copyRepository } from '../repository-copy.test.helper';

jest.setTimeout(600_000);

test('npm run dev: an edit restarts its service on the same data; an error of types is shown, and nothing restarts', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'dev with spaces (1)-'));
  const project = join(dir, 'project');
  copyRepository(project);
  const PORT = String(await freePort());
  const env = { ...process.env, PORT, TICKETING_DATA: join(dir, 'data'), MONGO_URI: '', NATS_URL: '', BROKER: '' };
  const child = spawn(process.execPath, ['tools/run.mjs', 'dev'], { cwd: project, env });
  const exited = new Promise((resolve) => child.once('close', resolve));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)));
  const said = (words: RegExp | string) =>
    waitFor(() => child.exitCode !== null || output.search(words) >= 0, { timeoutMs: 300_000, what: String(words) });
  const tickets = `http://localhost:${PORT}/api/tickets`;
  try {
    await said('Ctrl-C stops everything');
    const authorization = `Bearer ${/TOKEN=(\S+)/.exec(output)?.[1]}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const body = JSON.stringify({ title: 'kept', price: 1 });
    expect((await fetch(tickets, { method: 'POST', headers, body })).status).toBe(201);

    appendFileSync(join(project, 'services/tickets/src/main.ts'), "\nprocess.stdout.write('the edited program\\n');\n");
    await said(/^tickets restarted in \d+\.\d s$/m);
    expect(output).toMatch(/^tickets the edited program$/m);
    expect(output).not.toContain('orders restarted');
    expect(await (await fetch(tickets)).json()).toMatchObject([{ title: 'kept' }]);

    appendFileSync(join(project, 'services/orders/src/main.ts'), "\nexport const wrong: number = 'text';\n");
    await said('Nothing is restarted until this is right.');
    expect(output).toMatch(/^services\/orders\/src\/main\.ts\(\d+,14\): error TS2322/m);
    expect(output).not.toContain('orders restarted');
    expect((await fetch(`http://localhost:${PORT}/api/orders`, { headers })).status).toBe(200);
  } catch (error) {
    throw new Error(output.slice(-8_000), { cause: error });
  } finally {
    child.kill('SIGINT');
    await exited;
    rmSync(dir, { recursive: true, force: true });
  }
});
