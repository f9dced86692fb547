/**
 * Drops the lines of a quick start: passes lines on, earlier ones included, only after `afterMs`.
 * @returns a function for the lines, and one that ends the waiting.
 */
export function patientLog(write: (line: string) => void, afterMs: number) {
  let held: string[] | undefined = [];
  const timer = setTimeout(() => {
    held?.forEach(write);
    held = undefined;
  }, afterMs);
  return {
    log: (line: string): void => {
      if (held) held.push(line);
      else write(line);
    },
    end: () => clearTimeout(timer),
  };
}
