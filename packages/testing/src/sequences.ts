/**
 * Every order in which these can come, without repetitions for equal ones.
 */
export function orderings<T extends string>(events: readonly T[]): T[][] {
  if (events.length === 0) return [[]];
  return [...new Set(events)].flatMap((first) => {
    const index = events.indexOf(first);
    const rest = [...events.slice(0, index), ...events.slice(index + 1)];
    return orderings(rest).map((ordering) => [first, ...ordering]);
  });
}

/** Every sequence in which each of these comes once, and any one of them twice. */
export function sequencesWithDuplicate<T extends string>(events: readonly T[]): T[][] {
  return distinct(events.map((duplicate) => [...events, duplicate]));
}

/**
 * Every sequence of handler calls for these, when one of them comes twice and a process dies at most once, at any point.
 * If it dies before the one write of a handler, the handler is called only later, which is another order. If it dies
 * after the write and before the ack, the handler is called once more, at any later point.
 */
export function sequencesWithDuplicateAndCrash<T extends string>(events: readonly T[]): T[][] {
  const withDuplicate = events.map((duplicate) => [...events, duplicate]);
  const withCrash = withDuplicate.flatMap((delivered) => events.map((again) => [...delivered, again]));
  return distinct([...withDuplicate, ...withCrash]);
}

function distinct<T extends string>(deliveries: readonly T[][]): T[][] {
  return [...new Map(deliveries.flatMap(orderings<T>).map((sequence) => [sequence.join(), sequence])).values()];
}

/** Runs all tasks, a few at a time. */
export async function inParallel<T>(tasks: readonly T[], run: (task: T) => Promise<void>, workers = 16): Promise<void> {
  const left = tasks[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (const task of left) await run(task);
    }),
  );
}
