import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { statOf } from './is-alive';
import { pauseProcess } from './pause-process';

const FOUR_BUSY_THREADS = `
  const { Worker } = require('node:worker_threads');
  for (let n = 0; n < 4; n++) new Worker('for (;;);', { eval: true }).once('online', () => console.log('online'));
`;
const inLinux = process.platform === 'linux' ? test : test.skip;

inLinux('a paused process has no thread that still runs', async () => {
  const busy = spawn(process.execPath, ['-e', FOUR_BUSY_THREADS], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = busy.pid ?? 0;
  try {
    let said = '';
    for await (const text of busy.stdout) if ((said += text).split('online').length > 4) break;
    for (let round = 0; round < 20; round++) {
      await pauseProcess(pid);
      const states = readdirSync(`/proc/${pid}/task`).map((thread) => statOf(Number(thread))?.state);
      expect(states.length).toBeGreaterThan(4);
      expect(new Set(states)).toEqual(new Set(['T']));
      process.kill(pid, 'SIGCONT');
      await sleep(20);
    }
  } finally {
    busy.kill('SIGKILL');
  }
});

test('a process that is gone cannot be paused', async () => {
  const gone = spawn(process.execPath, ['-e', '0']);
  await new Promise((resolve) => gone.once('exit', resolve));
  await expect(pauseProcess(gone.pid ?? 0)).rejects.toThrow('ESRCH');
});
