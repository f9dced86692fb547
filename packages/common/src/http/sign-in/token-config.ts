import { z } from 'zod';
import { type Config, type Rule, address, variable } from '../../runtime/environment';

/**
 * How callers are identified: by shared keys, or by the public keys of a sign-in service (JWT_JWKS_URL). Exactly one of
 * them.
 */
export function tokenConfig() {
  return {
    jwtKey: variable(
      'JWT_KEY',
      text('a secret that is not empty'),
      'Key that signs the tokens (HS256); the same in all services; 32 random bytes are right; required without JWT_JWKS_URL',
      (given) =>
        given('JWT_KEY') || given('JWT_JWKS_URL')
          ? undefined
          : 'is required: a secret that is not empty, or JWT_JWKS_URL instead of it',
    ),
    jwtKeysPrevious: variable(
      'JWT_KEYS_PREVIOUS',
      z
        .string()
        .default('')
        .transform((keys) => keys.split(',').filter((key) => key !== '')),
      'Previous keys whose tokens are still accepted while JWT_KEY is replaced; separated by commas',
    ),
    jwtJwksUrl: variable(
      'JWT_JWKS_URL',
      address(['https', 'http'], 'https://sign-in.example/.well-known/jwks.json')
        .refine((url) => URL.canParse(url) && new URL(url).username === '', {
          error: 'an address such as https://sign-in.example/.well-known/jwks.json, without a user in it',
        })
        .optional(),
      'Instead of JWT_KEY: address of the public keys of the tokens (RS256, ES256, EdDSA)',
      (given) =>
        given('JWT_JWKS_URL') && (given('JWT_KEY') || given('JWT_KEYS_PREVIOUS'))
          ? 'cannot be given beside JWT_KEY or JWT_KEYS_PREVIOUS: tokens are checked by one or the other, so leave one out'
          : undefined,
    ),
    jwtIssuer: variable(
      'JWT_ISSUER',
      text('the issuer of the tokens'),
      'The issuer that a token must name (iss); with JWT_JWKS_URL only, and required there',
      goesWithJwks('JWT_ISSUER', 'the issuer (iss) of the tokens'),
    ),
    jwtAudience: variable(
      'JWT_AUDIENCE',
      text('the audience of the tokens'),
      'The audience that a token must name (aud); with JWT_JWKS_URL only, and required there',
      goesWithJwks('JWT_AUDIENCE', 'the audience (aud) of the tokens'),
    ),
  } as const;
}

export type TokenConfig = Config<ReturnType<typeof tokenConfig>>;

function text(error: string) {
  return z.string({ error }).min(1, { error }).optional();
}

function goesWithJwks(name: string, what: string): Rule {
  return (given) => {
    if (given(name) === given('JWT_JWKS_URL')) return undefined;
    return given(name) ? 'is only for JWT_JWKS_URL: give that too, or leave it out' : `is required: ${what}`;
  };
}
