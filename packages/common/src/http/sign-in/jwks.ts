import type { JWTPayload, JWTVerifyGetKey } from 'jose' with { 'resolution-mode': 'import' };
import { UnavailableError } from '../../errors/kinds';
import { CLOCK_TOLERANCE_S, type CurrentUser, userSchema } from './token';

export interface JwksOptions {
  /** Where the public keys are (RFC 7517). */
  readonly url: string;
  readonly issuer: string;
  readonly audience: string;
  /** An unknown key id has the keys fetched again, but not more often than this (ms). */
  readonly cooldownMs?: number;
}

/** Tells the user of a good token, otherwise undefined. @throws UnavailableError when the keys cannot be had */
export type RemoteTokenVerifier = (token: string) => Promise<CurrentUser | undefined>;

const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];
const FETCH_WITHIN_MS = 5_000;
const COOLDOWN_MS = 30_000;
/** After that the keys are fetched again, so that one that was taken back is no longer good. */
const KEYS_GOOD_FOR_MS = 10 * 60_000;
/** How long nothing is asked of a sign-in that did not answer. */
const AWAY_FOR_MS = 1_000;

/** What is the token's own fault; everything else means that the keys are not to be had. */
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
 * Verifies tokens by the public keys of a sign-in, which are fetched with the first token and kept. Good is only what is
 * signed by RS256, ES256 or EdDSA with one of these keys, of this issuer, for this audience, and not expired; the user is
 * `sub` and `email`.
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
      throw new UnavailableError('who you are cannot be checked at the moment: try again in a few seconds', {
        cause: error,
      });
    }
  };
}

/** Loaded only where it is used: jose takes 9 MB. It is an ES module, which `import()` takes on every Node. */
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

/** As fetch, but for a second after a failure it fails at once. */
function fetchSparingly(): typeof fetch {
  let away: { readonly until: number; readonly error: unknown } | undefined;
  return async (...request) => {
    if (away && Date.now() < away.until) throw away.error;
    try {
      const response = await fetch(...request);
      if (response.status !== 200) throw new Error(`the keys were answered by ${response.status}`);
      await response.clone().json(); // what is no JSON is not asked for again at once either
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
