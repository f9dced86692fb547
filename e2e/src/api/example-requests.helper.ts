import { EXAMPLE_IDS } from '@ticketing/common/api';

/** The part of an OpenAPI document that says what to send. */
export interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
}

interface DescribedOperation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly example?: string }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly example: unknown } } };
}

export interface ExampleRequest {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

/** The request that the document shows for each operation, in its order. */
export function exampleRequests({ paths }: Described): ExampleRequest[] {
  return Object.entries(paths).flatMap(([pattern, operations]) =>
    Object.entries(operations).map(([method, { operationId, parameters, requestBody }]) => {
      const path = parameters
        .filter((parameter) => parameter.in === 'path')
        .reduce((filled, { name, example = '' }) => filled.replace(`{${name}}`, example), pattern);
      const body = requestBody && { body: JSON.stringify(requestBody.content['application/json'].example) };
      return { operationId, method: method.toUpperCase(), path, ...body };
    }),
  );
}

/** The same request about an existing ticket and order. */
export function withIds(
  request: ExampleRequest,
  ids: Partial<Record<keyof typeof EXAMPLE_IDS, string>>,
): ExampleRequest {
  const { ticket = EXAMPLE_IDS.ticket, order = EXAMPLE_IDS.order } = ids;
  const real = (text: string) => text.replaceAll(EXAMPLE_IDS.ticket, ticket).replaceAll(EXAMPLE_IDS.order, order);
  const { path, body } = request;
  return { ...request, path: real(path), ...(body !== undefined && { body: real(body) }) };
}
