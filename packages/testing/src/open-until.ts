/** Takes what was opened, and how it is closed; returns what was opened. */
export type Open = <T>(opened: T, close: (opened: T) => unknown) => T;

/**
 * Closes what a suite or a test has opened, the newest first, when it ends: also when it fails before its first line, because jest does
 * not end while a socket is open. A failure to close one does not leave the others open; it fails the suite.
 * @param end jest's afterAll or afterEach
 */
export function openUntil(end: (close: () => Promise<void>) => void): Open {
  const closes: (() => unknown)[] = [];
  end(async () => {
    const failures: unknown[] = [];
    for (const close of closes.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  });
  return (opened, close) => {
    closes.push(() => close(opened));
    return opened;
  };
}
