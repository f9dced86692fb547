/**
 * Drops what is said while all goes quickly: passes lines on, those from before included, once `afterMs` have passed.
 * @returns what takes the lines, and what ends the waiting.
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
