import type { KeyObject } from 'node:crypto';
import { generateKeyPairSync, randomBytes, randomInt, sign, verify } from 'node:crypto';
import type { Clock } from './clock.js';
import { formatOffsetTimestamp } from './clock.js';
import { HttpError } from './http-error.js';
import { TENANT, toAccountId } from './views.js';

interface Claims {
  readonly exp: number;
  readonly metadata: { readonly contract_session_id: number };
  readonly owner: { readonly account_id: number | string };
}

const encodePart = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const DAY_MS = 86_400_000;

/** The tokens in upload URLs: RS256 JWTs with the claims of the one on the vendor's page. */
export class Tokens {
  private readonly clock: Clock;
  private readonly keys: { publicKey: KeyObject; privateKey: KeyObject };

  constructor(clock: Clock) {
    this.clock = clock;
    this.keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  }

  issue(sessionId: number, employeeId: string, seconds: number): string {
    const expires = new Date(this.clock.now().getTime() + seconds * 1000);
    const claims = {
      aud: 'portunus',
      iss: `lws:${TENANT}`,
      jti: `${randomBytes(7).toString('hex')}.${String(randomInt(10 ** 8)).padStart(8, '0')}`,
      exp: Math.floor(expires.getTime() / 1000),
      routingKey: `lws.${TENANT}.file.uploaded.contract.original`,
      metadata: { contract_session_id: sessionId },
      version: 'v1',
      owner: { account_id: toAccountId(employeeId), account_role: 'expert', tenant: TENANT },
      tenant: TENANT,
      availableUntil: formatOffsetTimestamp(new Date(expires.getTime() + 31 * DAY_MS)),
    };
    const signed = `${encodePart({ typ: 'JWT', alg: 'RS256' })}.${encodePart(claims)}`;
    const signature = sign('RSA-SHA256', Buffer.from(signed), this.keys.privateKey);
    return `${signed}.${signature.toString('base64url')}`;
  }

  /** The owner of this upload. Throws 403 for a token that this fake did not sign, 401 for an expired one. */
  verify(token: string): { sessionId: number; employeeId: string } {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const signed = Buffer.from(`${header}.${payload}`);
    if (!verify('RSA-SHA256', signed, this.keys.publicKey, Buffer.from(signature, 'base64url'))) {
      throw new HttpError(403, 'token invalid');
    }
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
    if (this.clock.now().getTime() >= claims.exp * 1000) throw new HttpError(401, 'token expired');
    return { sessionId: claims.metadata.contract_session_id, employeeId: String(claims.owner.account_id) };
  }
}
