import { readFile } from 'node:fs/promises';

/** The time between two looks (ms). */
const EVERY_MS = 100;

/** What a process has in memory (MB, resident); NaN where there is no /proc. */
export async function residentMb(pid: number): Promise<number> {
  try {
    const [, kib] = /^VmRSS:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kib) / 1024;
  } catch {
    return NaN;
  }
}

/** Watches the memory of a process. Returns a function that ends it and gives the highest value seen (MB). */
export function watchMemory(pid: number): () => number {
  let most = NaN;
  const timer = setInterval(() => {
    void residentMb(pid).then((mb) => {
      if (!(mb <= most)) most = mb;
    });
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    return most;
  };
}
