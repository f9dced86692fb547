const since = performance.now();

/** One line of what was measured, for the person who runs the tests. jest prints nothing of it by itself. */
export function say(line: string): void {
  process.stderr.write(`[cluster ${Math.round((performance.now() - since) / 1_000)} s] ${line}\n`);
}

/** Does it and says how long it took. @returns milliseconds */
export async function timed(what: string, task: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await task();
  const ms = Math.round(performance.now() - began);
  say(`${what}: ${(ms / 1_000).toFixed(1)} s`);
  return ms;
}
