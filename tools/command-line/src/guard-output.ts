/** What a shell reports for a program that SIGPIPE ended: 128 and its number. */
const BROKEN_PIPE = 141;

let guarded = false;

/**
 * From now on a reader that has seen enough, such as `head`, ends the program in silence, with 141 (unless `onStop` ends it in
 * order); any other error of standard output, such as a full disk, is said, and ends it with 1.
 */
export function guardOutput(): void {
  if (guarded) return;
  guarded = true;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') {
      process.stderr.write(`standard output cannot be written: ${error.message}\n`);
      process.exit(1);
    }
    if (process.stdout.listenerCount('error') === 1) process.exit(BROKEN_PIPE);
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? BROKEN_PIPE : 1));
}
