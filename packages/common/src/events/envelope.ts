import { z } from 'zod';

/** A MongoDB ObjectId as 24 lower-case hexadecimal digits. */
export const objectId = z.string().regex(/^[0-9a-f]{24}$/, 'expected 24 hexadecimal digits');

/** The version of an aggregate: 0 when inserted, +1 with every save. */
export const version = z.int().min(0);

/** What every event says about itself, apart from the state of its aggregate. */
export const metaShape = {
  /** Unique for each recorded event; the same when it is published again. */
  id: z.uuid(),
  occurredAt: z.iso.datetime(),
  /** W3C trace context of the request that caused the event. */
  traceparent: z.string().optional(),
  /** True when an owner published its current state again: apply it at once if it is newer than what you have. */
  snapshot: z.boolean().optional(),
};

/** The shape every contract has: an aggregate's id and version, whatever its state adds. */
export interface AggregateShape extends z.ZodRawShape {
  id: typeof objectId;
  version: typeof version;
}

/**
 * Declares an event once: `strict` refuses unknown fields and is what publishers use; `tolerant` drops them and is what
 * consumers use, so that old consumers live with newer publishers during an upgrade. Types are inferred from the shape.
 */
export function defineEvent<const S extends string, Shape extends AggregateShape>(subject: S, shape: Shape) {
  return {
    subject,
    strict: z.strictObject({ ...allStrict(shape), meta: z.strictObject(metaShape) }),
    tolerant: z.object({ ...shape, meta: z.object(metaShape) }),
  };
}

/** Objects within the shape refuse unknown fields, too. */
function allStrict<Shape extends AggregateShape>(shape: Shape): Shape {
  const strict = ([name, schema]: [string, unknown]) => [
    name,
    schema instanceof z.ZodObject ? schema.strict() : schema,
  ];
  return Object.fromEntries(Object.entries(shape).map(strict)) as Shape;
}
