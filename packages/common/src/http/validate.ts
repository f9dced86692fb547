import type { Request } from 'express';
import type { z } from 'zod';
import type { Problem } from '../errors/app-error';
import { InvalidInputError } from '../errors/kinds';

/** The body as the schema reads it. Throws InvalidInputError with one entry per problem. */
export function parseBody<S extends z.ZodType>(schema: S, req: Request): z.output<S> {
  const body: unknown = req.body;
  if (body === undefined) throw new InvalidInputError([{ message: missingBody(req) }]);
  return parse(schema, body);
}

/** The query as the schema reads it. Throws InvalidInputError with one entry per problem. */
export function parseQuery<S extends z.ZodType>(schema: S, req: Request): z.output<S> {
  return parse(schema, req.query);
}

function parse<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input, { error: sayRequired });
  if (!result.success) throw new InvalidInputError(result.error.issues.flatMap(problemsOf));
  return result.data;
}

function missingBody(req: Request): string {
  const { headers } = req;
  const sent = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return sent && req.is('application/json') === false
    ? `send the body as JSON with Content-Type: application/json, not ${headers['content-type'] ?? 'without one'}`
    : 'the body is missing: send a JSON object with Content-Type: application/json';
}

/** Replaces zod's message for a missing field; the schema's own messages come first. */
function sayRequired(issue: z.core.$ZodRawIssue): string | undefined {
  return issue.code === 'invalid_type' && issue.input === undefined ? 'is required' : undefined;
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ message: `${key} is not known here`, field: [...path, key].join('.') }));
  }
  if (path.length === 0) return [{ message: issue.message }];
  const field = path.join('.');
  return [{ message: issue.message === 'is required' ? `${field} is required` : issue.message, field }];
}
