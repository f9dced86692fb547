import { z } from 'zod';
import type { JsonSchema } from '../events/asyncapi';
import { errorReply } from './error-reply';
import { type Operation, type Reply, repliesOf } from './operation';
import { operations } from './operations';

type Schemas = Record<string, JsonSchema>;
type Json = Readonly<Record<string, unknown>>;

export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  /** Operations by path, then by method. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: { readonly schemas: Readonly<Schemas> } & Json;
  readonly [field: string]: unknown;
}

/**
 * The REST interface of both services as an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1), generated from
 * the contracts that validate the requests. Its replies say what a client must accept; a client ignores fields that it
 * does not know.
 */
export function openApiDocument(all: readonly Operation[] = operations): OpenApiDocument {
  const schemas: Schemas = {};
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of all) (paths[pathOf(operation)] ??= {})[operation.method] = describe(operation, schemas);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Ticketing',
      version: '1.0.0',
      description:
        'Tickets are put up for sale, and reserved by orders. A ticket that is new or changed reaches orders within moments, not at once.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'Where this document is' }],
    tags: [
      { name: 'tickets', description: 'What is for sale' },
      { name: 'orders', description: 'Who holds a ticket, and until when' },
    ],
    paths,
    components: {
      schemas,
      responses: {
        Other: {
          description: 'Anything else, such as a fault of the service (500), or a service that does not answer (502)',
          content: json({ schema: schemaOf(errorReply, schemas) }),
        },
      },
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description:
            'A JWT of `{id, email}`, by HS256; or a token of the sign-in service whose public keys are configured',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'session',
          description: 'The base64 of `{"jwt": "<the same token>"}`',
        },
      },
    },
  };
}

function describe(operation: Operation, schemas: Schemas): Json {
  const { id, tag, summary, signedIn, body, example } = operation;
  const replies = Object.entries(repliesOf(operation)).map(([status, reply]) => [
    status,
    describeReply(reply, schemas),
  ]);
  return {
    operationId: id,
    tags: [tag],
    summary,
    security: signedIn ? [{ bearer: [] }, { session: [] }] : [],
    parameters: [
      ...parametersOf('path', operation.params),
      ...parametersOf('query', operation.query),
      ...parametersOf('header', operation.headers),
    ],
    ...(body && { requestBody: { required: true, content: json({ schema: schemaOf(body, schemas), example }) } }),
    responses: { ...Object.fromEntries(replies), default: { $ref: '#/components/responses/Other' } },
  };
}

function describeReply({ description, body, headers = {} }: Reply, schemas: Schemas): Json {
  const described = Object.entries(headers).map(([name, { description, example, optional }]) => [
    name,
    { description, required: optional !== true, schema: { type: 'string' }, example },
  ]);
  return {
    description,
    ...(described.length > 0 && { headers: Object.fromEntries(described) as Json }),
    ...(body && { content: json({ schema: schemaOf(body, schemas) }) }),
  };
}

/** A parameter of a path, query or header comes as text; its schema describes the value that the text becomes. */
function parametersOf(place: 'path' | 'query' | 'header', fields?: z.ZodObject): Json[] {
  return Object.entries(fields?.shape ?? {}).map(([name, field]) => {
    const { description, examples, ...schema } = z.toJSONSchema(field, { io: 'output' });
    const required = place === 'path' || !z.safeParse(field, undefined).success;
    const example = examples && { example: examples[0] };
    return { name, in: place, required, description, schema: { ...schema, $schema: undefined }, ...example };
  });
}

const json = (content: Json) => ({ 'application/json': content });

/** OpenAPI writes `/api/tickets/:id` as `/api/tickets/{id}`. */
const pathOf = ({ path }: Operation) => path.replace(/:(\w+)/g, '{$1}');

/** The schema of a body. A schema with an id goes to `schemas` and is referenced. */
function schemaOf(schema: z.ZodType, schemas: Schemas): JsonSchema {
  const text = JSON.stringify(z.toJSONSchema(schema, { io: 'input' }));
  const { $defs, ...rest } = JSON.parse(text.replaceAll('"#/$defs/', '"#/components/schemas/')) as {
    $defs?: Schemas;
  };
  Object.assign(schemas, $defs);
  return { ...rest, $schema: undefined };
}
