import type { SingleBar } from 'cli-progress';

/** How much is done, out of `total`. */
export type Progress = (done: number) => void;

/** Gives a task a bar on standard error that vanishes in the end. Without a terminal the total is not computed. */
export async function withProgress<T>(
  what: string,
  total: number | (() => Promise<number>),
  task: (progress: Progress) => Promise<T>,
): Promise<T> {
  const bar = process.stderr.isTTY
    ? await startBar(what, typeof total === 'number' ? total : await total())
    : undefined;
  try {
    return await task((done) => bar?.update(done));
  } finally {
    bar?.stop();
  }
}

async function startBar(what: string, total: number): Promise<SingleBar> {
  const { Presets, SingleBar } = await import('cli-progress');
  const format = `${what} {bar} {value} of {total}`;
  const bar = new SingleBar({ format, stream: process.stderr, clearOnComplete: true }, Presets.shades_classic);
  bar.start(total, 0);
  return bar;
}
