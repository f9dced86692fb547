import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './is-alive';

test('a process that has ended is not alive, also while nobody has waited for it', async () => {
  const parent = spawn('bash', ['-c', 'sleep 60 & echo $!; exec sleep 60']); // `sleep` waits for no child
  const pid = Number(await new Promise<Buffer>((resolve) => parent.stdout.once('data', resolve)));
  expect(isAlive(pid)).toBe(true);
  process.kill(pid, 'SIGKILL');
  for (let waited = 0; isAlive(pid) && waited < 10_000; waited += 20) await sleep(20);
  expect(process.kill(pid, 0)).toBe(true);
  expect(isAlive(pid)).toBe(false);
  parent.kill('SIGKILL');
});
