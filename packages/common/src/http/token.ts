import { createSecretKey } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';

/** What a token must say of its user. */
export const userSchema = z.object({
  id: z.string().min(1),
  email: z.email({ pattern: z.regexes.html5Email }),
});

/** Who is calling, as the token says. */
export type CurrentUser = Readonly<z.output<typeof userSchema>>;

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
        return userSchema.safeParse(jwt.verify(token, secret, { algorithms: ['HS256'] })).data;
      } catch {
        // not of this key; jsonwebtoken also lets a SyntaxError through, for a payload that is not JSON
      }
    }
    return undefined;
  };
}
