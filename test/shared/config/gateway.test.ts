import { readGatewayConfig } from '../../../src/shared/config/index.js';

describe('The configuration of the gateway', () => {
  const HASH = 'Ab'.repeat(32);
  const PAYLOAD_KEYS = `k1:${Buffer.alloc(32, 1).toString('base64')}`;
  const TOKENS = {
    SIGNING_GATEWAY_JWKS_URL: 'http://localhost:9000/keys',
    SIGNING_GATEWAY_JWT_ISSUER: 'https://id.bank.example',
    SIGNING_GATEWAY_JWT_AUDIENCE: 'signing',
  };

  it('needs keys or an issuer of tokens, and has a default for the rest', () => {
    expect(() => readGatewayConfig({})).toThrow(
      'Nobody could call the gateway: set SIGNING_GATEWAY_KEYS, or SIGNING_GATEWAY_JWKS_URL and what belongs to it.',
    );
    expect(readGatewayConfig({ SIGNING_GATEWAY_KEYS: `crm:${HASH}, crm:${'0'.repeat(64)}` })).toMatchObject({
      taskQueue: 'signing',
      host: '127.0.0.1',
      port: 8080,
      keys: [
        { name: 'crm', sha256: 'ab'.repeat(32) },
        { name: 'crm', sha256: '0'.repeat(64) },
      ],
      tokenIssuer: undefined,
      origins: [],
    });
  });

  it('accepts variables for tokens only together', () => {
    expect(readGatewayConfig(TOKENS)).toMatchObject({
      keys: [],
      tokenIssuer: { issuer: 'https://id.bank.example', audience: 'signing', employeeClaim: 'employeeId' },
    });
    expect(() => readGatewayConfig({ ...TOKENS, SIGNING_GATEWAY_JWT_ISSUER: '' })).toThrow(
      /^SIGNING_GATEWAY_JWT_ISSUER is missing: tokens need /,
    );
  });

  it('has a codec endpoint if readers and payload keys are set', () => {
    const keys = { SIGNING_GATEWAY_KEYS: `crm:${HASH}`, SIGNING_PAYLOAD_KEYS: PAYLOAD_KEYS };
    expect(readGatewayConfig(keys).codec).toBeUndefined();
    const codec = {
      SIGNING_CODEC_KEYS: `ops:${'0'.repeat(64)}`,
      SIGNING_CODEC_CLAIM: 'https://bank.example/groups=CN=Auditors,OU=Signing',
      SIGNING_CODEC_ORIGINS: 'http://localhost:8233, https://temporal.bank.example',
    };
    expect(readGatewayConfig({ ...keys, ...TOKENS, ...codec }).codec).toEqual({
      keys: [{ name: 'ops', sha256: '0'.repeat(64) }],
      claim: { name: 'https://bank.example/groups', value: 'CN=Auditors,OU=Signing' },
      origins: ['http://localhost:8233', 'https://temporal.bank.example'],
    });
  });

  it.each([
    [{ SIGNING_CODEC_ORIGINS: 'http://localhost:8233' }, /^SIGNING_CODEC_ORIGINS is of no use without/],
    [{ SIGNING_CODEC_KEYS: `ops:${HASH}` }, /^SIGNING_CODEC_KEYS has a key of SIGNING_GATEWAY_KEYS/],
    [{ SIGNING_CODEC_CLAIM: 'a=b' }, /^SIGNING_CODEC_CLAIM is of no use without SIGNING_GATEWAY_JWKS_URL/],
    [
      { SIGNING_CODEC_KEYS: `ops:${'0'.repeat(64)}`, SIGNING_PAYLOAD_KEYS: '' },
      /are of no use without SIGNING_PAYLOAD_KEYS/,
    ],
    [
      { SIGNING_CODEC_KEYS: `ops:${'0'.repeat(64)}`, SIGNING_LOG_LEVEL: 'warn' },
      /^SIGNING_LOG_LEVEL must be info or debug/,
    ],
  ])('refuses a codec endpoint that admits too many or nobody, or leaves no log (%#)', (env, why) => {
    const keys = { SIGNING_GATEWAY_KEYS: `crm:${HASH}`, SIGNING_PAYLOAD_KEYS: PAYLOAD_KEYS };
    expect(() => readGatewayConfig({ ...keys, ...env })).toThrow(why);
  });

  it('accepts an IPv6 address in brackets', () => {
    const env = { ...TOKENS, SIGNING_GATEWAY_ADDRESS: '[::1]:80' };
    expect(readGatewayConfig(env)).toMatchObject({ host: '::1', port: 80 });
  });
});
