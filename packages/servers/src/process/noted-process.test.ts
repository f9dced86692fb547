import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { notedIn, noteProcess } from './noted-process';

test('the end of a process removes its own note, and not that of the process in its place', () => {
  const dir = mkdtempSync(join(tmpdir(), 'noted-process-'));
  const file = join(dir, 'note');
  const forgetFormer = noteProcess(file, process.ppid, 'former', 'a');
  const forget = noteProcess(file, process.pid, 'next', 'a');
  forgetFormer();
  expect(notedIn(file)).toMatchObject({ pid: process.pid, name: 'next' });
  forget();
  expect(notedIn(file)).toBeUndefined();
  rmSync(dir, { recursive: true });
});
