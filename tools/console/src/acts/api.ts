import { signToken } from '@ticketing/common/token';
import { ActError } from './act-error';

/** The made-up people as whom the page acts. */
export const USERS = ['alice', 'bob', 'carol', 'dave'] as const;

/** One call and its answer, as the page shows it. */
export interface Call {
  readonly request: string;
  readonly status: number;
  readonly body: string;
}

export interface ApiCall {
  readonly user: string;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly ifMatch?: string;
}

const ANSWER_WITHIN_MS = 40_000;

/** Calls the API of the system in somebody's name. */
export class Api {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  /** @throws ActError when nobody answers */
  async call({ user, method, path, body, ifMatch }: ApiCall): Promise<Call> {
    const token = signToken({ id: user, email: `${user}@example.com` }, this.key, { expiresInSeconds: 60 });
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
    };
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    try {
      const response = await fetch(`${this.url}${path}`, { method, headers, signal, ...sent });
      const condition = ifMatch === undefined ? '' : ` if it is still ${ifMatch}`;
      return {
        request: `${method} ${path} as ${user}${condition}`,
        status: response.status,
        body: await response.text(),
      };
    } catch (error) {
      throw new ActError(`${method} ${path}: nobody answers at ${this.url} (${String(error)})`);
    }
  }
}

/** A field of the answer; undefined when it is no JSON, or has none. */
export function field(call: Call, name: string): unknown {
  try {
    return (JSON.parse(call.body) as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}
