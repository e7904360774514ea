import { type KeyObject, createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { type LocalServer, startLocalServer } from '../../support/local-server.js';

/** An identity provider with its keys at a JWKS address, and tokens that it or a forger could create. */
export interface IdentityProvider {
  readonly env: Readonly<Record<string, string>>;
  /** A token with these claims, by default one that is valid for an hour. */
  token(claims?: Record<string, unknown>, how?: TokenKind): string;
  /** Whether it answers with its keys. */
  setAnswering(answering: boolean): void;
  /** The number of requests for its keys. */
  requestCount(): number;
  /** Replaces its keys by a new one, and returns a function that signs valid tokens with it. */
  rotate(): () => string;
  /** A token signed with a key that it does not have, under a new key id. */
  tokenOfUnknownKey(): string;
  close(): Promise<void>;
}

export type TokenKind =
  'RS256' | 'ES256' | 'none' | 'HS256 with the public key' | 'another key' | 'key in the token';

const AUDIENCE = 'signing-gateway';

export async function startIdentityProvider(): Promise<IdentityProvider> {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const forger = generateKeyPairSync('rsa', { modulusLength: 2048 });
  let answering = true;
  let requests = 0;
  let keys = [jwk(rsa.publicKey, 'rsa-1', 'RS256'), jwk(ec.publicKey, 'ec-1', 'ES256')];
  const server: LocalServer = await startLocalServer((request, response) => {
    requests += 1;
    if (!answering) return response.writeHead(500).end();
    if (request.url !== '/jwks.json') return response.writeHead(404).end();
    return response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
  });
  const signers: Readonly<Record<TokenKind, (data: string) => [header: object, signature: Buffer]>> = {
    RS256: (data) => [{ alg: 'RS256', kid: 'rsa-1' }, sign('sha256', Buffer.from(data), rsa.privateKey)],
    ES256: (data) => [
      { alg: 'ES256', kid: 'ec-1' },
      sign('sha256', Buffer.from(data), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }),
    ],
    none: () => [{ alg: 'none' }, Buffer.alloc(0)],
    'HS256 with the public key': (data) => [
      { alg: 'HS256', kid: 'rsa-1' },
      createHmac('sha256', rsa.publicKey.export({ type: 'spki', format: 'pem' }))
        .update(data)
        .digest(),
    ],
    'another key': (data) => [
      { alg: 'RS256', kid: 'rsa-1' },
      sign('sha256', Buffer.from(data), forger.privateKey),
    ],
    'key in the token': (data) => [
      { alg: 'RS256', jwk: forger.publicKey.export({ format: 'jwk' }) },
      sign('sha256', Buffer.from(data), forger.privateKey),
    ],
  };
  const claimsOf = (claims: Record<string, unknown>): object => {
    const now = Math.floor(Date.now() / 1000);
    return { iss: server.url, aud: AUDIENCE, iat: now, exp: now + 3600, employeeId: '45', ...claims };
  };
  const signed = (header: object, key: KeyObject): string => {
    const data = `${encodePart(header)}.${encodePart(claimsOf({}))}`;
    return `${data}.${sign('sha256', Buffer.from(data), key).toString('base64url')}`;
  };
  return {
    env: {
      SIGNING_GATEWAY_JWKS_URL: `${server.url}/jwks.json`,
      SIGNING_GATEWAY_JWT_ISSUER: server.url,
      SIGNING_GATEWAY_JWT_AUDIENCE: AUDIENCE,
    },
    token: (claims = {}, how = 'RS256') => {
      const [header] = signers[how]('');
      const data = `${encodePart(header)}.${encodePart(claimsOf(claims))}`;
      return `${data}.${signers[how](data)[1].toString('base64url')}`;
    },
    setAnswering: (now) => {
      answering = now;
    },
    requestCount: () => requests,
    rotate: () => {
      const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const kid = `rsa-${randomUUID()}`;
      keys = [jwk(publicKey, kid, 'RS256')];
      return () => signed({ alg: 'RS256', kid }, privateKey);
    },
    tokenOfUnknownKey: () => signed({ alg: 'RS256', kid: randomUUID() }, forger.privateKey),
    close: () => server.close(),
  };
}

function jwk(key: KeyObject, kid: string, alg: string): object {
  return { ...key.export({ format: 'jwk' }), kid, alg, use: 'sig' };
}

function encodePart(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
