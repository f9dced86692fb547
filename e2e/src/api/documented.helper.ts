import { isDeepStrictEqual } from 'node:util';
import { type Operation, operations, repliesOf } from '@ticketing/common/api';
import { testToken } from '@ticketing/testing';
import type { ExampleRequest } from './example-requests.helper';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Headers of a request by this user; null for a caller that is not signed in. */
export function headersOf(user: string | null, contentType = 'application/json'): Record<string, string> {
  return { 'Content-Type': contentType, ...(user !== null && { Authorization: `Bearer ${testToken(user)}` }) };
}

export async function send(
  url: string,
  { method, path, body }: ExampleRequest,
  headers = headersOf('alice'),
): Promise<Answer> {
  const response = await fetch(url + path, { method, headers, ...(body !== undefined && { body }) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

export function operationOf(operationId: string): Operation {
  const found = operations.find(({ id }) => id === operationId);
  if (!found) throw new Error(`there is no operation ${operationId}`);
  return found;
}

/**
 * The deviation from the operation's contract: the status, a surplus or missing field, a header. Undefined without one.
 */
export function undocumented(operationId: string, { status, headers, body }: Answer): string | undefined {
  const reply = repliesOf(operationOf(operationId))[status];
  const answer = `${operationId} answered ${status} ${JSON.stringify(body)}`;
  if (!reply) return `${answer}, a status that is not documented`;
  const missing = Object.entries(reply.headers ?? {}).filter(([name, { optional }]) => !optional && !headers.has(name));
  if (missing.length > 0) return `${answer} without ${missing.map(([name]) => name).join()}`;
  if (!reply.body) return body === undefined ? undefined : `${answer}, a body that is not documented`;
  const parsed = reply.body.safeParse(body);
  if (!parsed.success) return `${answer}: ${parsed.error.message}`;
  // The schema drops unknown fields.
  return isDeepStrictEqual(parsed.data, body) ? undefined : `${answer}, with fields that are not documented`;
}
