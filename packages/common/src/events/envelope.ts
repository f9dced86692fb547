import { z } from 'zod';

/** A MongoDB ObjectId as 24 lower-case hexadecimal digits. */
export const objectId = z
  .string()
  .regex(/^[0-9a-f]{24}$/, 'expected 24 hexadecimal digits')
  .describe('A MongoDB ObjectId');

/** The version of an aggregate: 0 when inserted, +1 with every save. */
export const version = z.int().min(0).describe('Names the state of the aggregate: 0 when inserted, +1 with every save');

/** What every event says about itself, apart from the state of its aggregate. */
export const metaShape = {
  id: z.uuid().describe('Unique for each recorded event; the same when it is published again'),
  occurredAt: z.iso.datetime().describe('When it was recorded'),
  traceparent: z
    .string()
    .optional()
    .describe('W3C trace context of the cause of the event: a request, the handling of another event, or an expiry'),
  snapshot: z
    .boolean()
    .optional()
    .describe('The owner published its current state again: apply it at once if it is newer than what you have'),
};

const META =
  'What the event says about itself. Publishers must write it. A consumer accepts an event without it, such as from a system ' +
  'that moves here one service at a time, and derives it from channel, sequence and stored time of the message';

/** The shape that all contracts share: an aggregate's id and version. */
export interface AggregateShape extends z.ZodRawShape {
  id: typeof objectId;
  version: typeof version;
}

/**
 * Declares an event once. Publishers use `strict`, which refuses unknown fields. Consumers use `tolerant`, which drops
 * them, so that old consumers work with newer publishers during an upgrade. Types are inferred from the shape, and the
 * AsyncAPI document is generated from it.
 * @param summary a sentence for readers: when it is published
 */
export function defineEvent<const S extends string, Shape extends AggregateShape>(
  subject: S,
  summary: string,
  shape: Shape,
) {
  return {
    subject,
    summary,
    strict: z.strictObject({ ...allStrict(shape), meta: z.strictObject(metaShape) }),
    tolerant: z.object({ ...shape, meta: z.object(metaShape).describe(META) }),
  };
}

/** Objects within the shape refuse unknown fields as well. */
function allStrict<Shape extends AggregateShape>(shape: Shape): Shape {
  const strict = ([name, schema]: [string, unknown]) => [
    name,
    schema instanceof z.ZodObject ? schema.strict() : schema,
  ];
  return Object.fromEntries(Object.entries(shape).map(strict)) as Shape;
}
