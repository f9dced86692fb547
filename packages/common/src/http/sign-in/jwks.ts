import type { JWTPayload, JWTVerifyGetKey } from 'jose' with { 'resolution-mode': 'import' };
import { UnavailableError } from '../../errors/kinds';
import { CLOCK_TOLERANCE_S, type CurrentUser, userSchema } from './token';

export interface JwksOptions {
  /** Address of the public keys (RFC 7517). */
  readonly url: string;
  readonly issuer: string;
  readonly audience: string;
  /** An unknown key id makes it fetch the keys again, but not more often than this (ms). */
  readonly cooldownMs?: number;
}

/** The user of a valid token, otherwise undefined. @throws UnavailableError when the keys cannot be fetched */
export type RemoteTokenVerifier = (token: string) => Promise<CurrentUser | undefined>;

const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];
const FETCH_WITHIN_MS = 5_000;
const COOLDOWN_MS = 30_000;
/** After this time the keys are fetched again, so that a revoked key stops working. */
const KEYS_GOOD_FOR_MS = 10 * 60_000;
/** How long a sign-in service that did not answer is not asked again. */
const AWAY_FOR_MS = 1_000;

/** Errors of the token itself; any other error means that the keys are not available. */
const BAD_TOKEN = new Set([
  'ERR_JWT_EXPIRED',
  'ERR_JWT_CLAIM_VALIDATION_FAILED',
  'ERR_JWT_INVALID',
  'ERR_JWS_INVALID',
  'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
  'ERR_JOSE_ALG_NOT_ALLOWED',
  'ERR_JOSE_NOT_SUPPORTED',
  'ERR_JWKS_NO_MATCHING_KEY',
  'ERR_JWKS_MULTIPLE_MATCHING_KEYS',
]);

/**
 * Verifies tokens with the public keys of a sign-in service, which are fetched with the first token and cached. A token
 * is valid only if it is signed with one of these keys by RS256, ES256 or EdDSA, names this issuer and this audience,
 * and has not expired. The user is `sub` and `email`.
 */
export function jwksVerifier(options: JwksOptions): RemoteTokenVerifier {
  const { issuer, audience } = options;
  let loaded: ReturnType<typeof load> | undefined;
  return async (token) => {
    const { jwtVerify, keys } = await (loaded ??= load(options));
    try {
      const { payload } = await jwtVerify(token, keys, {
        ...{ issuer, audience, algorithms: ALGORITHMS },
        requiredClaims: ['sub', 'exp'],
        clockTolerance: CLOCK_TOLERANCE_S,
      });
      return userOf(payload);
    } catch (error) {
      if (isBadToken(error)) return undefined;
      throw new UnavailableError('your token cannot be checked at the moment: try again in a few seconds', {
        cause: error,
      });
    }
  };
}

/** Loaded only where it is used, because jose takes 9 MB. It is an ES module, which `import()` loads on every Node. */
async function load({ url, cooldownMs = COOLDOWN_MS }: JwksOptions) {
  const { createRemoteJWKSet, customFetch, jwtVerify } = await import('jose');
  const keys: JWTVerifyGetKey = createRemoteJWKSet(new URL(url), {
    timeoutDuration: FETCH_WITHIN_MS,
    cooldownDuration: cooldownMs,
    cacheMaxAge: KEYS_GOOD_FOR_MS,
    [customFetch]: fetchSparingly(),
  });
  return { jwtVerify, keys };
}

/** Like fetch, but fails at once for a second after a failure. */
function fetchSparingly(): typeof fetch {
  let away: { readonly until: number; readonly error: unknown } | undefined;
  return async (...request) => {
    if (away && Date.now() < away.until) throw away.error;
    try {
      const response = await fetch(...request);
      if (response.status !== 200) throw new Error(`the keys were answered by ${response.status}`);
      await response.clone().json(); // an answer that is no JSON is not requested again at once either
      return response;
    } catch (error) {
      away = { until: Date.now() + AWAY_FOR_MS, error };
      throw error;
    }
  };
}

function userOf({ sub, email }: JWTPayload): CurrentUser | undefined {
  return userSchema.safeParse({ id: sub, email }).data;
}

function isBadToken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && BAD_TOKEN.has(String(error.code));
}
