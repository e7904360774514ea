import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { type IdentityProvider, startIdentityProvider } from './identity-provider.js';
import type { VerificationRequest, VerificationResult } from './token-verifier.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let provider: IdentityProvider;
let verifier: ChildProcess;
let now: number;
beforeEach(async () => {
  now = Date.now();
  provider = await startIdentityProvider();
  const issuer = {
    jwksUrl: provider.env['SIGNING_GATEWAY_JWKS_URL'],
    issuer: provider.env['SIGNING_GATEWAY_JWT_ISSUER'],
    audience: provider.env['SIGNING_GATEWAY_JWT_AUDIENCE'],
  };
  verifier = fork(resolve('dist/test/gateway/auth/token-verifier.js'), [JSON.stringify(issuer)]);
});
afterEach(async () => {
  verifier.kill();
  await provider.close();
});

async function verify(token: string): Promise<VerificationResult> {
  verifier.send({ token, now } satisfies VerificationRequest);
  const [answer] = (await once(verifier, 'message')) as [VerificationResult];
  return answer;
}

const VALID = { employeeId: '45' };
const INVALID = {};
const UNAVAILABLE = {
  error: expect.stringContaining('cannot read the keys of the identity provider') as string,
};

/** Valid for the whole time of a test. */
const token = (): string => provider.token({ exp: now / 1000 + 1_000_000 });

describe('An identity provider that does not answer', () => {
  it('does not block valid tokens for a day, and the gateway keeps asking it', async () => {
    expect(await verify(token())).toEqual(VALID);
    provider.setAnswering(false);
    for (const hours of [0.2, 1, 8, 14]) {
      now += hours * HOUR_MS;
      const before = provider.requestCount();
      expect(await verify(token())).toEqual(VALID);
      expect(provider.requestCount()).toBe(before + 1);
    }
    now += 24 * HOUR_MS;
    expect(await verify(token())).toEqual(UNAVAILABLE);
    provider.setAnswering(true);
    expect(await verify(token())).toEqual(VALID);
  });

  it('is not asked for every token', async () => {
    await verify(token());
    provider.setAnswering(false);
    now += HOUR_MS;
    const before = provider.requestCount();
    for (let count = 0; count < 20; count += 1) await verify(token());
    expect(provider.requestCount()).toBe(before + 1);
  });

  it('makes the validity of a new key unknown', async () => {
    await verify(token());
    const made = provider.rotate();
    provider.setAnswering(false);
    expect(await verify(made())).toEqual(UNAVAILABLE);
    expect(await verify(token())).toEqual(VALID);
    provider.setAnswering(true);
    now += MINUTE_MS;
    expect(await verify(made())).toEqual(VALID);
  });
});

describe('A new key', () => {
  it('is fetched immediately', async () => {
    await verify(token());
    const made = provider.rotate();
    expect(await verify(made())).toEqual(VALID);
  });

  it('that does not exist triggers a refresh only once per interval', async () => {
    await verify(token());
    const unknownTokens = Array.from({ length: 20 }, () => provider.tokenOfUnknownKey());
    const before = provider.requestCount();
    for (const token of unknownTokens) expect(await verify(token)).toEqual(INVALID);
    expect(provider.requestCount()).toBe(before + 1);
    now += MINUTE_MS;
    for (const token of unknownTokens) expect(await verify(token)).toEqual(INVALID);
    expect(provider.requestCount()).toBe(before + 2);
  });
});

it('A withdrawn key is not valid after ten minutes, even at its first use', async () => {
  const old = token();
  await verify(old);
  provider.rotate();
  expect(await verify(old)).toEqual(VALID);
  now += 11 * MINUTE_MS;
  expect(await verify(old)).toEqual(INVALID);
});
