import { z } from 'zod';
import { declared } from './declared';

/** A JSON Schema, as far as the contracts use it. */
export interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

interface Message {
  readonly name: string;
  readonly summary: string;
  readonly payload: JsonSchema;
}

export interface AsyncApiDocument {
  readonly asyncapi: '3.0.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly defaultContentType: 'application/json';
  readonly channels: Readonly<Record<string, { readonly address: string; readonly messages: object }>>;
  readonly components: { readonly messages: Readonly<Record<string, Message>> };
}

/**
 * The events as an AsyncAPI 3 document (https://www.asyncapi.com/docs/reference/specification/v3.0.0), generated from the
 * schemas that check them. The payloads are what a consumer accepts: it drops fields that it does not know.
 */
export function asyncApiDocument(): AsyncApiDocument {
  const all = Object.values(declared).map((contract) => ({ ...contract, key: contract.subject.replace(':', '.') }));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Ticketing events',
      version: '1.0.0',
      description:
        'Events of tickets, orders and payments over NATS Streaming, at least once and in any order. A change only adds optional fields.',
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(
      all.map(({ key, subject }) => [
        key,
        { address: subject, messages: { [key]: { $ref: `#/components/messages/${key}` } } },
      ]),
    ),
    components: {
      messages: Object.fromEntries(
        all.map(({ key, subject, summary, tolerant }) => [
          key,
          { name: subject, summary, payload: schemaOf(tolerant) },
        ]),
      ),
    },
  };
}

/** In draft 7, because AsyncAPI's own schema is a superset of it. */
function schemaOf(schema: z.ZodType): JsonSchema {
  return { ...(z.toJSONSchema(schema, { target: 'draft-7', io: 'input' }) as JsonSchema), $schema: undefined };
}
