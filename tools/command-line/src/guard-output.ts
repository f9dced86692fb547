/** The code that a shell reports for a program ended by SIGPIPE: 128 plus its number. */
const BROKEN_PIPE = 141;

let guarded = false;

/**
 * From now on the end of the reader, such as `head`, ends the program silently with 141 (unless `onStop` ends it in
 * order). Any other error of standard output, such as a full disk, is reported, and ends it with 1.
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
