/** A process that `npm start` started. */
export interface Part {
  readonly name: string;
  /** Its place in the order of stopping; parts with the same place stop side by side. */
  readonly place: number;
  stop(): Promise<unknown>;
  /** Ends it at once. */
  kill(): Promise<unknown>;
  /** Settles when it has ended by itself or was stopped. */
  readonly exited: Promise<unknown>;
}

/** The order of stopping: first the way in, last the servers that the others need. */
export const PLACES = { ingress: 0, services: 1, broker: 2, mongo: 3 } as const;

/**
 * Stops the parts in the order of their places, saying each. A failure of one does not prevent the others from
 * stopping.
 */
export async function stopInOrder(parts: readonly Part[], say: (line: string) => void): Promise<void> {
  for (const place of Object.values(PLACES)) {
    await Promise.all(
      parts
        .filter((part) => part.place === place)
        .map(async (part) => {
          try {
            await part.stop();
            say(`${part.name} stopped`);
          } catch (error) {
            say(`${part.name} did not stop as it should: ${error instanceof Error ? error.message : String(error)}`);
          }
        }),
    );
  }
}
