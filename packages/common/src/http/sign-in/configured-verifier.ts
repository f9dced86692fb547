import type { Logger } from '../../runtime/logger';
import { type RemoteTokenVerifier, jwksVerifier } from './jwks';
import { type TokenVerifier, tokenVerifier } from './token';
import type { TokenConfig } from './token-config';

/** The verifier that the configuration asks for. Warns about keys that can be guessed. */
export function configuredVerifier(config: TokenConfig, logger: Logger): TokenVerifier | RemoteTokenVerifier {
  const { jwtKey, jwtKeysPrevious, jwtJwksUrl: url, jwtIssuer: issuer, jwtAudience: audience } = config;
  if (url !== undefined && issuer !== undefined && audience !== undefined) {
    if (new URL(url).protocol !== 'https:') {
      logger.warn('JWT_JWKS_URL is not https: anybody on the way to it can sign in as any user');
    }
    return jwksVerifier({ url, issuer, audience });
  }
  const keys = [...(jwtKey === undefined ? [] : [jwtKey]), ...jwtKeysPrevious];
  if (keys.some((key) => key.length < 32)) {
    logger.warn('JWT_KEY is short: anyone who guesses it can sign in as anybody');
  }
  return tokenVerifier(keys);
}
