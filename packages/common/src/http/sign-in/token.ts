import { createSecretKey } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import { decodeUtf8, isWellFormed } from '../../events/well-formed';

/** The claims that a token must have about its user. */
export const userSchema = z.object({
  id: z.string().min(1).refine(isWellFormed),
  email: z.email({ pattern: z.regexes.html5Email }),
});

/** The caller, as the token says. */
export type CurrentUser = Readonly<z.output<typeof userSchema>>;

/** How much the clocks of a sign-in service and this service may differ (s): for nbf and exp. */
export const CLOCK_TOLERANCE_S = 5;

const SEVEN_DAYS = 7 * 24 * 60 * 60;

/** A JWT of the user, signed with HS256. It is valid for `expiresInSeconds`, by default seven days. */
export function signToken(
  user: CurrentUser,
  key: string,
  options: { readonly expiresInSeconds?: number } = {},
): string {
  const { expiresInSeconds = SEVEN_DAYS } = options;
  const secret = createSecretKey(key, 'utf8');
  return jwt.sign({ id: user.id, email: user.email }, secret, { algorithm: 'HS256', expiresIn: expiresInSeconds });
}

/** The user of a token that is signed with one of the keys (HS256), not expired, and complete; otherwise undefined. */
export type TokenVerifier = (token: string) => CurrentUser | undefined;

/**
 * Prepares the keys once, because jsonwebtoken tries each time whether a text is a public key, which costs more than
 * everything else.
 */
export function tokenVerifier(keys: readonly string[]): TokenVerifier {
  const secrets = keys.map((key) => createSecretKey(key, 'utf8'));
  return (token) => {
    for (const secret of secrets) {
      try {
        return userOf(token, jwt.verify(token, secret, OPTIONS));
      } catch {
        // signed with another key; jsonwebtoken also lets a SyntaxError through, for a payload that is not JSON
      }
    }
    return undefined;
  };
}

const OPTIONS: jwt.VerifyOptions & { complete: true } = {
  algorithms: ['HS256'],
  clockTolerance: CLOCK_TOLERANCE_S,
  complete: true,
};

/** Checks what jsonwebtoken does not. */
function userOf(token: string, { header, payload }: jwt.Jwt): CurrentUser | undefined {
  // The extensions named here must be understood (RFC 7515, section 4.1.11); this service understands none.
  if (header.crit !== undefined) return undefined;
  const isUtf8 = decodeUtf8(Buffer.from(token.split('.')[1] ?? '', 'base64url')) !== undefined;
  return isUtf8 ? userSchema.safeParse(payload).data : undefined;
}
