/**
 * How long (ms) the work takes, without the times in which the whole process is held up: its own time limits do not run then,
 * either.
 */
export async function awakeDuring(work: () => Promise<unknown>): Promise<number> {
  let [awake, last] = [0, performance.now()];
  const tick = () => {
    const now = performance.now();
    awake += Math.min(now - last, 50);
    last = now;
  };
  const ticking = setInterval(tick, 10);
  try {
    await work();
  } finally {
    clearInterval(ticking);
  }
  tick();
  return awake;
}
