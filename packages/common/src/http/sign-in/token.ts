import { createSecretKey } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import { decodeUtf8, isWellFormed } from '../../events/well-formed';

/** What a token must say of its user. */
export const userSchema = z.object({
  id: z.string().min(1).refine(isWellFormed),
  email: z.email({ pattern: z.regexes.html5Email }),
});

/** Who is calling, as the token says. */
export type CurrentUser = Readonly<z.output<typeof userSchema>>;

/** The clocks of a sign-in and of a service may differ by so much (s): for nbf and exp. */
export const CLOCK_TOLERANCE_S = 5;

const SEVEN_DAYS = 7 * 24 * 60 * 60;

/** A JWT of the user, signed by HS256. It is valid for `expiresInSeconds`, by default seven days. */
export function signToken(
  user: CurrentUser,
  key: string,
  options: { readonly expiresInSeconds?: number } = {},
): string {
  const { expiresInSeconds = SEVEN_DAYS } = options;
  return jwt.sign({ id: user.id, email: user.email }, key, { algorithm: 'HS256', expiresIn: expiresInSeconds });
}

/** Tells the user of a token that is signed by HS256 with one of the keys, not expired, and whole; otherwise undefined. */
export type TokenVerifier = (token: string) => CurrentUser | undefined;

/** Prepares the keys once: jsonwebtoken tries each time whether a text is a public key, which costs more than all the rest. */
export function tokenVerifier(keys: readonly string[]): TokenVerifier {
  const secrets = keys.map((key) => createSecretKey(key, 'utf8'));
  return (token) => {
    for (const secret of secrets) {
      try {
        return userOf(token, jwt.verify(token, secret, OPTIONS));
      } catch {
        // not of this key; jsonwebtoken also lets a SyntaxError through, for a payload that is not JSON
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

/** Looks at what jsonwebtoken lets pass. */
function userOf(token: string, { header, payload }: jwt.Jwt): CurrentUser | undefined {
  // What is named here has to be understood (RFC 7515, section 4.1.11), and nothing is.
  if (header.crit !== undefined) return undefined;
  const isUtf8 = decodeUtf8(Buffer.from(token.split('.')[1] ?? '', 'base64url')) !== undefined;
  return isUtf8 ? userSchema.safeParse(payload).data : undefined;
}
