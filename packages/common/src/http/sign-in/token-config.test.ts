import { ConfigError, loadConfig } from '../../runtime/environment';
import { tokenConfig } from './token-config';

const jwks = { JWT_JWKS_URL: 'https://a.example/jwks', JWT_ISSUER: 'https://a.example', JWT_AUDIENCE: 'tickets' };

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadConfig(tokenConfig(), env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('either a key or the address of keys is enough', () => {
  expect(loadConfig(tokenConfig(), { JWT_KEY: 'k', JWT_KEYS_PREVIOUS: 'one,two' })).toEqual({
    jwtKey: 'k',
    jwtKeysPrevious: ['one', 'two'],
  });
  expect(loadConfig(tokenConfig(), { ...jwks, JWT_KEY: '' })).toEqual({
    jwtKeysPrevious: [],
    jwtJwksUrl: 'https://a.example/jwks',
    jwtIssuer: 'https://a.example',
    jwtAudience: 'tickets',
  });
});

test.each<[string, NodeJS.ProcessEnv, RegExp[]]>([
  ['neither', {}, [/^JWT_KEY is required: .*JWT_JWKS_URL instead/]],
  ['both', { ...jwks, JWT_KEY: 'k' }, [/^JWT_JWKS_URL cannot be given beside JWT_KEY/]],
  ['previous keys beside the address', { ...jwks, JWT_KEYS_PREVIOUS: 'k' }, [/^JWT_JWKS_URL cannot be given beside/]],
  ['no issuer', { ...jwks, JWT_ISSUER: '' }, [/^JWT_ISSUER is required: /]],
  ['no audience', { ...jwks, JWT_AUDIENCE: undefined }, [/^JWT_AUDIENCE is required: /]],
  ['only the address', { JWT_JWKS_URL: jwks.JWT_JWKS_URL }, [/^JWT_ISSUER is required/, /^JWT_AUDIENCE is required/]],
  ['an issuer beside a key', { JWT_KEY: 'k', JWT_ISSUER: 'x' }, [/^JWT_ISSUER is only for JWT_JWKS_URL/]],
  ['an audience beside a key', { JWT_KEY: 'k', JWT_AUDIENCE: 'x' }, [/^JWT_AUDIENCE is only for JWT_JWKS_URL/]],
  ['another scheme', { ...jwks, JWT_JWKS_URL: 'file:///keys' }, [/^JWT_JWKS_URL must be an address such as https/]],
  ['what is no address', { ...jwks, JWT_JWKS_URL: 'https://a:b:c/' }, [/^JWT_JWKS_URL must be an address/]],
])('%s is refused', (_name, env, problems) => {
  expect(problemsOf(env)).toEqual(problems.map((problem) => expect.stringMatching(problem)));
});
