import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@ticketing/testing';
import { childrenOf, freePort, isAlive } from '@ticketing/servers';
import { killAll, Program } from './program.test.helper';

afterEach(killAll);

test.each([['in memory'], ['in a folder']])(
  'a server that a killed nats:server left, its messages %s, is named and refused, and ended when asked',
  async (where) => {
    const dir = mkdtempSync(join(tmpdir(), 'nats-left-'));
    const port = String(await freePort());
    const kept = where === 'in memory' ? [] : ['--dir', dir];
    const args = ['--port', port, '--monitor-port', String(await freePort()), ...kept];
    const first = new Program('server.js', args);
    await waitFor(() => first.stderr.includes('Ready: '), { what: 'a server', timeoutMs: 30_000 });
    const program = childrenOf(process.pid).find((child) => child.args.includes(`server.js --port ${port} `));
    const children = childrenOf(program?.pid);
    const [guard, server] = ['guard-program', 'nats-streaming-server'].map((name) => {
      return children.find((child) => child.args.includes(name))?.pid ?? 0;
    });
    process.kill(guard ?? 0, 'SIGKILL');
    await first.kill('SIGKILL');

    const refused = await new Program('server.js', args).ended;
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(`process ${server}: nats-streaming`) });
    expect(refused.stderr).toContain(`: npm run nats:server -- ${args.join(' ')} --end-leftovers`);
    expect(isAlive(server ?? 0)).toBe(true);
    const second = new Program('server.js', [...args, '--end-leftovers']);
    await waitFor(() => second.stderr.includes('Ready: '), { what: 'a server', timeoutMs: 30_000 });
    expect(isAlive(server ?? 0)).toBe(false);
    await second.kill('SIGTERM');
    rmSync(dir, { recursive: true });
  },
);
