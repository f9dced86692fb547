import { createServer, type Server } from 'node:http';
import { freePort } from '@ticketing/servers';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export const ISSUER = 'https://sign-in.example/';
export const AUDIENCE = 'ticketing';

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

export interface TokenParts {
  readonly kid?: string;
  /** Replaces the usual claims; undefined leaves one out. */
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly expires?: string | undefined;
}

/** A sign-in service as others run them: it signs tokens, and serves its public keys over HTTP. */
export class SignIn {
  readonly keys = new Map<string, { readonly alg: string; readonly pair: KeyPair }>();
  /** Instead of the keys, when set. */
  answer: { readonly status: number; readonly text: string } | undefined;
  /** How often the keys were requested. */
  asked = 0;
  private server: Server | undefined;
  private port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}/jwks.json`;
  }

  /** Serves, at the same address as before. */
  async open(): Promise<void> {
    this.server = createServer((_req, res) => {
      this.asked += 1;
      if (this.answer) return void res.writeHead(this.answer.status).end(this.answer.text);
      void this.published().then((text) => res.end(text));
    });
    this.port ||= await freePort();
    await new Promise<void>((resolve) => this.server?.listen(this.port, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => (this.server ? this.server.close(resolve) : resolve(undefined)));
    this.server = undefined;
  }

  async addKey(kid: string, alg = 'ES256'): Promise<KeyPair> {
    const pair = await generateKeyPair(alg, { extractable: true });
    this.keys.set(kid, { alg, pair });
    return pair;
  }

  /** A token of alice, signed with the key, or with other parts; `expires: undefined` leaves the time out. */
  token({ kid = 'first', payload = {}, ...rest }: TokenParts = {}): Promise<string> {
    const key = this.keys.get(kid);
    if (!key) throw new Error(`there is no key ${kid}`);
    const said = { sub: 'alice', email: 'alice@example.com', iss: ISSUER, aud: AUDIENCE, ...payload };
    const jwt = new SignJWT(said).setProtectedHeader({ alg: key.alg, kid });
    const expires = 'expires' in rest ? rest.expires : '1h';
    return (expires === undefined ? jwt : jwt.setExpirationTime(expires)).sign(key.pair.privateKey);
  }

  private async published(): Promise<string> {
    const keys = [...this.keys].map(async ([kid, { alg, pair }]) => ({
      ...(await exportJWK(pair.publicKey)),
      kid,
      alg,
    }));
    return JSON.stringify({ keys: await Promise.all(keys) });
  }
}
