import { z } from 'zod';

const id = z.string().regex(/^[0-9a-f]{24}$/, 'expected 24 hexadecimal digits');
const version = z.int().min(0);

const promised = z.discriminatedUnion('what', [
  z.object({
    what: z.literal('ticket'),
    ...{ id, version },
    ...{ title: z.string(), price: z.number(), userId: z.string() },
  }),
  z.object({
    what: z.literal('order'),
    ...{ id, version },
    ...{ ticketId: id, userId: z.string(), reservation: z.int(), price: z.number() },
  }),
  z.object({ what: z.literal('cancelled'), id }),
]);

/** An answer to a client. The client keeps them as the list of what the system has promised. */
export type Promised = z.infer<typeof promised>;

/** Reads one promise from each line of JSON. @throws Error that names a line that is none */
export function parsePromises(lines: string): Promised[] {
  return lines.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [promised.parse(JSON.parse(line))];
    } catch (error) {
      const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
      throw new Error(`line ${index + 1} is no promise: ${reason}`, { cause: error });
    }
  });
}
