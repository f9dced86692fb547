import { Presets, SingleBar } from 'cli-progress';

/** What is done so far, out of `total`. */
export type Progress = (done: number) => void;

/** Gives a task a bar on standard error, when that is a terminal, that vanishes in the end. */
export async function withProgress<T>(
  what: string,
  total: number,
  task: (progress: Progress) => Promise<T>,
): Promise<T> {
  const format = `${what} {bar} {value} of {total}`;
  const bar = new SingleBar({ format, stream: process.stderr, clearOnComplete: true }, Presets.shades_classic);
  bar.start(total, 0);
  try {
    return await task((done) => bar.update(done));
  } finally {
    bar.stop();
  }
}
